# Run by drgn on a dump: prints what the tests want to know, as JSON.
import json

from drgn import sizeof
from drgn.helpers.linux.cpumask import for_each_online_cpu
from drgn.helpers.linux.list import list_for_each_entry
from drgn.helpers.linux.percpu import per_cpu, per_cpu_ptr
from drgn.helpers.linux.printk import get_dmesg


def text(array):
    return array.string_().decode()


def frames(thread):
    try:
        return [frame.name or "" for frame in thread.stack_trace()]
    except Exception:
        return None


# crash_notes has the CPU's NT_PRSTATUS: a note's header (12 bytes), "CORE" (8), struct elf_prstatus, whose pr_reg
# begins at 112; rsp is the register of number 19 (arch/x86/include/asm/user_64.h).
RSP_OFFSET = 12 + 8 + 112 + 19 * 8


def crashed_stack(thread, cpu):
    """The stack that the registers of the crashing CPU point into: name, lowest address, length."""
    rsp = prog.read_u64(per_cpu_ptr(prog["crash_notes"], cpu).value_() + RSP_OFFSET)
    # An NMI that finds the CPU in the kernel has a stack of its own, which only the page tables know.
    nmi = per_cpu(prog["cea_exception_stacks"], cpu).NMI_stack
    stacks = [
        ("task", thread.object.stack.value_(), 16384),
        ("NMI", nmi.address_of_().value_(), sizeof(nmi)),
    ]
    return next((stack for stack in stacks if stack[1] <= rsp < stack[1] + stack[2]), ("unknown", 0, 0))


def return_addresses(base, length):
    """The functions that addresses on a stack return to, innermost first."""
    start, end = (prog.symbol(name).address for name in ("_stext", "_etext"))
    names = []
    for place in range(base, base + length, 8):
        # A call that never returns may be the last instruction of its function: look at the byte before.
        word = prog.read_u64(place) - 1
        if start <= word < end:
            try:
                names.append(prog.symbol(word).name)
            except LookupError:
                pass
    return names


init_task = prog["init_task"]
tasks = list(list_for_each_entry("struct task_struct", init_task.tasks.address_of_(), "tasks"))
crashed = prog.crashed_thread()
name = prog["init_uts_ns"].name
crashing_cpu = prog["crashing_cpu"].value_()
stack_name, stack_base, stack_length = crashed_stack(crashed, crashing_cpu)
print(json.dumps({
    "release": text(name.release),
    "machine": text(name.machine),
    "pid": crashed.tid,
    "command": text(crashed.object.comm),
    "crashing_cpu": crashing_cpu,
    "online_cpus": len(list(for_each_online_cpu(prog))),
    "tasks": {task.pid.value_(): text(task.comm) for task in tasks},
    "command_line": text(prog["saved_command_line"]),
    "frames": frames(crashed),
    "stack": stack_name,
    "return_addresses": return_addresses(stack_base, stack_length),
    "log": get_dmesg(prog).decode(errors="replace"),
}))
