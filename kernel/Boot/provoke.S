/* Faults on purpose, for kdump.selftest=1 (Report/SelfTest). Each takes and returns nothing of use. */
	.text
	.macro	function name
	.globl	\name
	.type	\name, @function
	.balign	8
\name:
	pushq	%rbp
	movq	%rsp, %rbp
	.endm
	.macro	done name
	popq	%rbp
	ret
	.size	\name, . - \name
	.endm

function provoke_divide_error
	xorl	%ecx, %ecx
	movl	$1, %eax
	xorl	%edx, %edx
	divl	%ecx
done provoke_divide_error
function provoke_breakpoint
	int3
done provoke_breakpoint
function provoke_invalid_opcode
	ud2
done provoke_invalid_opcode
function provoke_general_protection
	movabsq	$0x4000000000000000, %rax
	movq	(%rax), %rax
done provoke_general_protection
function provoke_no_execute
	leaq	thread_block(%rip), %rax
	call	*%rax
done provoke_no_execute
function provoke_write_to_code
	movl	$0, provoke_write_to_code(%rip)
done provoke_write_to_code
function provoke_write_to_old_memory
	movl	$0, 0x90000
done provoke_write_to_old_memory
function provoke_null_read
	movl	8, %eax
done provoke_null_read
/* A selector whose descriptor is not present: #NP in DS, #SS in SS (Intel SDM vol. 3, 6.5.1, 7.15). */
function provoke_segment_not_present
	movl	$0x28, %eax
	movl	%eax, %ds
done provoke_segment_not_present
function provoke_stack_segment
	movl	$0x28, %eax
	movl	%eax, %ss
done provoke_stack_segment
/* A general protection whose gate is not present: two contributory exceptions (Intel SDM vol. 3, table 7-5). */
function provoke_double_fault
	movb	$0x0E, idt + 13 * 16 + 5(%rip)
	movabsq	$0x4000000000000000, %rax
	movq	(%rax), %rax
done provoke_double_fault
function restore_general_protection_gate
	movb	$0x8E, idt + 13 * 16 + 5(%rip)
done restore_general_protection_gate
function provoke_nmi_vector
	int	$2
	xorl	%eax, %eax
done provoke_nmi_vector
function provoke_spurious_vector
	int	$0x40
done provoke_spurious_vector
