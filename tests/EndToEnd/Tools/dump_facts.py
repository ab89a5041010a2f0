# Run by drgn on a dump: prints what the tests want to know, as JSON.
import json

from drgn.helpers.linux.cpumask import for_each_online_cpu
from drgn.helpers.linux.list import list_for_each_entry
from drgn.helpers.linux.printk import get_dmesg


def text(array):
    return array.string_().decode()


def frames(thread):
    try:
        return [frame.name or "" for frame in thread.stack_trace()]
    except Exception:
        return None


def return_addresses(thread):
    """The functions that addresses on the thread's stack return to, innermost first."""
    start, end = (prog.symbol(name).address for name in ("_stext", "_etext"))
    base = thread.object.stack.value_()
    names = []
    for place in range(base, base + 16384, 8):
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
print(json.dumps({
    "release": text(name.release),
    "machine": text(name.machine),
    "pid": crashed.tid,
    "command": text(crashed.object.comm),
    "crashing_cpu": prog["crashing_cpu"].value_(),
    "online_cpus": len(list(for_each_online_cpu(prog))),
    "tasks": {task.pid.value_(): text(task.comm) for task in tasks},
    "command_line": text(prog["saved_command_line"]),
    "frames": frames(crashed),
    "return_addresses": return_addresses(crashed),
    "log": get_dmesg(prog).decode(errors="replace"),
}))
