/*
 * Exception stubs. Every vector ends up in exception_entry (Machine/Exceptions) with a full register frame, which it
 * may change before we return through it.
 *
 * All vectors but NMI, double fault and machine check start on IST 1 and at once move to the interrupted stack, below
 * its red zone: so a handler may itself fault (probing memory for a backtrace) without losing its frame. Where that
 * stack is exhausted they stay on IST 1.
 */
#include "layout.inc"

	.section .text.isr, "ax"

	.macro	stub vector, has_error
	.balign	16
	.if	!\has_error
	pushq	$0
	.endif
	pushq	$\vector
	.if	\vector == 2 || \vector == 8 || \vector == 18
	jmp	save_and_call
	.else
	jmp	move_to_interrupted_stack
	.endif
	.endm

	.balign	16
	.type	stubs, @function
stubs:
	.altmacro
	.set	v, 0
	.rept	33
	.if	v == 8 || (v >= 10 && v <= 14) || v == 17 || v == 21 || v == 29 || v == 30
	stub	%v, 1
	.else
	stub	%v, 0
	.endif
	.set	v, v + 1
	.endr
	.noaltmacro

/* Stack here: vector, error, rip, cs, rflags, rsp, ss. */
move_to_interrupted_stack:
	pushq	%rax
	pushq	%rcx
	movq	56(%rsp), %rax		/* interrupted rsp */
	leaq	stack_guard(%rip), %rcx
	cmpq	%rcx, %rax
	jb	1f
	leaq	ist4_top(%rip), %rcx
	cmpq	%rcx, %rax
	ja	1f
	subq	$(128 + 72), %rax	/* red zone and the frame with rax, rcx */
	andq	$-16, %rax
	leaq	stack_bottom(%rip), %rcx
	addq	$2048, %rcx
	cmpq	%rcx, %rax
	jb	1f			/* the stack is about to overflow: report from IST 1 */
	.irp	slot, 0, 8, 16, 24, 32, 40, 48, 56, 64
	movq	\slot(%rsp), %rcx
	movq	%rcx, \slot(%rax)
	.endr
	movq	%rax, %rsp
1:	popq	%rcx
	popq	%rax

save_and_call:
	pushq	%rax
	pushq	%rcx
	pushq	%rdx
	pushq	%rbx
	pushq	%rbp
	pushq	%rsi
	pushq	%rdi
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	cld
	movq	%rsp, %rdi
	movq	%rsp, %rbx
	subq	$512, %rsp
	andq	$-16, %rsp
	fxsave	(%rsp)
	call	exception_entry
	fxrstor	(%rsp)
	movq	%rbx, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	popq	%rbp
	popq	%rbx
	popq	%rdx
	popq	%rcx
	popq	%rax
	addq	$16, %rsp
	iretq

/* Fills the IDT (Intel SDM vol. 3, 7.14.1) and loads it. Vectors above 32 share the last stub. */
	.globl	load_idt
	.type	load_idt, @function
load_idt:
	leaq	idt(%rip), %rdi
	leaq	stubs(%rip), %rsi
	xorl	%ecx, %ecx
1:	movq	%rsi, %rax
	movw	%ax, (%rdi)
	movw	$0x08, 2(%rdi)
	movb	$1, %dl
	cmpl	$2, %ecx
	jne	2f
	movb	$2, %dl
2:	cmpl	$8, %ecx
	jne	2f
	movb	$3, %dl
2:	cmpl	$18, %ecx
	jne	2f
	movb	$4, %dl
2:	movb	%dl, 4(%rdi)
	movb	$0x8E, 5(%rdi)
	shrq	$16, %rax
	movw	%ax, 6(%rdi)
	shrq	$16, %rax
	movl	%eax, 8(%rdi)
	movl	$0, 12(%rdi)
	addq	$16, %rdi
	cmpl	$32, %ecx
	jae	3f
	addq	$16, %rsi
3:	incl	%ecx
	cmpl	$256, %ecx
	jb	1b
	subq	$16, %rsp
	leaq	idt(%rip), %rax
	movw	$0xFFF, 6(%rsp)
	movq	%rax, 8(%rsp)
	lidt	6(%rsp)
	addq	$16, %rsp
	ret
	.size	load_idt, . - load_idt

/*
 * run_step(rdi = function, rsi = argument): calls it with a recovery point. If an unrecoverable fault happens inside,
 * the handler resumes at step_resume with rdi = the recovery point and rsi = the status to return.
 */
	.globl	run_step, step_resume, step_top
	.type	run_step, @function
run_step:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	pushq	step_top(%rip)
	movq	%rsp, step_top(%rip)
	movq	%rdi, %rax
	movq	%rsi, %rdi
	call	*%rax
1:	popq	step_top(%rip)
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	ret
step_resume:
	movq	%rdi, %rsp
	leaq	48(%rsp), %rbp
	movq	%rsi, %rax
	jmp	1b
	.size	run_step, . - run_step

	.data
	.balign	8
step_top:
	.quad	0
