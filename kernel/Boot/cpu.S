/* Instructions that C# cannot express, one small function each. Arguments: rdi, rsi, rdx; result: rax. */
	.text
	.macro	function name
	.globl	\name
	.type	\name, @function
	.balign	8
\name:
	.endm
	.macro	done name
	.size	\name, . - \name
	.endm

function port_in8
	movl	%edi, %edx
	xorl	%eax, %eax
	inb	%dx, %al
	ret
done port_in8
function port_in16
	movl	%edi, %edx
	xorl	%eax, %eax
	inw	%dx, %ax
	ret
done port_in16
function port_in32
	movl	%edi, %edx
	inl	%dx, %eax
	ret
done port_in32
function port_out8
	movl	%edi, %edx
	movl	%esi, %eax
	outb	%al, %dx
	ret
done port_out8
function port_out16
	movl	%edi, %edx
	movl	%esi, %eax
	outw	%ax, %dx
	ret
done port_out16
function port_out32
	movl	%edi, %edx
	movl	%esi, %eax
	outl	%eax, %dx
	ret
done port_out32

function cpu_pause
	pause
	ret
done cpu_pause
function cpu_store_fence
	sfence
	ret
done cpu_store_fence
function cpu_full_fence
	mfence
	ret
done cpu_full_fence
function cpu_timestamp
	lfence
	rdtsc
	shlq	$32, %rdx
	orq	%rdx, %rax
	ret
done cpu_timestamp
function cpu_halt
1:	cli
	hlt
	jmp	1b
done cpu_halt

/* rdi = leaf, rsi = subleaf, rdx = where eax, ebx, ecx, edx go */
function cpu_cpuid
	pushq	%rbx
	movq	%rdx, %r8
	movl	%edi, %eax
	movl	%esi, %ecx
	cpuid
	movl	%eax, (%r8)
	movl	%ebx, 4(%r8)
	movl	%ecx, 8(%r8)
	movl	%edx, 12(%r8)
	popq	%rbx
	ret
done cpu_cpuid

function cpu_read_msr
	movl	%edi, %ecx
	rdmsr
	shlq	$32, %rdx
	orq	%rdx, %rax
	ret
done cpu_read_msr
function cpu_write_msr
	movl	%edi, %ecx
	movl	%esi, %eax
	movq	%rsi, %rdx
	shrq	$32, %rdx
	wrmsr
	ret
done cpu_write_msr
function cpu_read_cr2
	movq	%cr2, %rax
	ret
done cpu_read_cr2
function cpu_read_cr3
	movq	%cr3, %rax
	ret
done cpu_read_cr3
function cpu_write_cr3
	movq	%rdi, %cr3
	ret
done cpu_write_cr3
function cpu_read_cr4
	movq	%cr4, %rax
	ret
done cpu_read_cr4
function cpu_write_cr4
	movq	%rdi, %cr4
	ret
done cpu_write_cr4
function cpu_invalidate_page
	invlpg	(%rdi)
	ret
done cpu_invalidate_page
/* rdi = address, esi = what must be there, edx = what is stored then; eax = what was there. */
function cpu_compare_exchange
	movl	%esi, %eax
	lock cmpxchgl %edx, (%rdi)
	ret
done cpu_compare_exchange
/* An IDT with no entries, then an exception: the CPU resets (Intel SDM vol. 3, 7.15). */
function cpu_triple_fault
	subq	$24, %rsp
	movq	$0, (%rsp)
	movq	$0, 8(%rsp)
	lidt	(%rsp)
	int3
	hlt
done cpu_triple_fault

/* Addresses of what the linker script and the stubs define. */
	.macro	address name, symbol
	.globl	\name
	.type	\name, @function
\name:
	leaq	\symbol(%rip), %rax
	ret
	.size	\name, . - \name
	.endm
	address address_of_image_start, image_start
	address address_of_image_end, image_end
	address address_of_text_end, __text_end
	address address_of_rodata_end, __rodata_end
	address address_of_static_pages, static_pages
	address address_of_static_pages_end, static_pages_end
	address address_of_stack_guard, stack_guard
	address address_of_stack_top, stack_top
	address address_of_ist1_guard, ist1_guard
	address address_of_ist2_guard, ist2_guard
	address address_of_ist3_guard, ist3_guard
	address address_of_ist4_guard, ist4_guard
	address address_of_step_top, step_top
	address address_of_step_resume, step_resume
	address address_of_probe_copy_begin, probe_copy_begin
	address address_of_probe_copy_end, probe_copy_end
	address address_of_probe_copy_fault, probe_copy_fault
	address address_of_raise_check_fault, raise_check_fault
	address address_of_symbol_table, symbol_table
	address address_of_symbol_table_end, symbol_table_end
	address address_of_symbol_names, symbol_names
	address address_of_symbol_names_end, symbol_names_end
	address address_of_arena_allocate, arena_allocate
	address address_of_arena_free, arena_free
	address address_of_cpu_pages, cpu_pages
	address address_of_cpu_pages_end, cpu_pages_end
	address address_of_work_pages, work_pages
	address address_of_work_pages_end, work_pages_end
	address address_of_trampoline, trampoline_begin
	address address_of_trampoline_end, trampoline_end
	address address_of_further_cpu_entry, further_cpu_entry
	address address_of_further_cpu_block, further_cpu_block
	address address_of_further_cpu_root, further_cpu_root
