/*
 * How a further CPU comes up, and what becomes of its exceptions. They never run C#: a fault of probe_copy goes on behind
 * it, an NMI is counted, a machine check of somebody else is cleared; with anything else the CPU notes what it was in its
 * control page and stops for good. The boot CPU tells of it and does the work again (Machine/Smp, Compress/).
 */
#include "layout.inc"

/*
 * Copied to TRAMPOLINE, in which a CPU starts in real mode at its first byte (Intel SDM vol. 3, 10.4.4). No relocation
 * may lie in here. The descriptors are marked as accessed: the page is read-only once paging is on.
 */
	.section .rodata
	.balign	16
	.globl	trampoline_begin, trampoline_end
trampoline_begin:
	.code16
	cli
	cld
	movw	%cs, %ax
	movw	%ax, %ds
	lgdtl	trampoline_gdt_pointer - trampoline_begin
	movl	$0x11, %eax		/* ET, PE */
	movl	%eax, %cr0
	ljmpl	$0x08, $(TRAMPOLINE + (trampoline_32 - trampoline_begin))
	.code32
trampoline_32:
	movl	$0x10, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	TRAMPOLINE + (trampoline_cr4 - trampoline_begin), %eax
	movl	%eax, %cr4
	movl	TRAMPOLINE + (trampoline_cr3 - trampoline_begin), %eax
	movl	%eax, %cr3
	movl	$0xC0000080, %ecx
	movl	TRAMPOLINE + (trampoline_efer - trampoline_begin), %eax
	xorl	%edx, %edx
	wrmsr
	movl	$0x80010033, %eax	/* PG, WP, NE, ET, MP, PE */
	movl	%eax, %cr0
	ljmpl	$0x18, $(TRAMPOLINE + (trampoline_64 - trampoline_begin))
	.code64
trampoline_64:
	movq	trampoline_entry(%rip), %rax
	jmp	*%rax
	.balign	8
trampoline_gdt:
	.quad	0
	.quad	0x00CF9B000000FFFF	/* 0x08: 32-bit code */
	.quad	0x00CF93000000FFFF	/* 0x10: data */
	.quad	0x00AF9B000000FFFF	/* 0x18: 64-bit code */
	.short	0
trampoline_gdt_pointer:
	.short	31
	.long	TRAMPOLINE + (trampoline_gdt - trampoline_begin)
/* Machine/Smp/Trampoline fills in these 24 bytes. */
	.balign	8
trampoline_cr3:
	.long	0
trampoline_cr4:
	.long	0
trampoline_efer:
	.long	0
	.long	0
trampoline_entry:
	.quad	0
trampoline_end:

	.text
	.globl	further_cpu_entry
	.type	further_cpu_entry, @function
/* In long mode, on a copy of our tables' root. Whoever comes first takes the control page that is on offer. */
further_cpu_entry:
	xorl	%eax, %eax
	xchgq	%rax, further_cpu_block(%rip)
	testq	%rax, %rax
	jz	further_cpu_stop
	movq	%rax, %rbx
	movq	further_cpu_root(%rip), %rcx
	movq	%rcx, %cr3
	movq	%rbx, %rsp		/* the stack ends where the control page begins */
	fninit
	pushq	$0x1F80
	ldmxcsr	(%rsp)
	popq	%rax

	/* GDT and TSS as in entry.S, in the control page. */
	leaq	CPU_TSS(%rbx), %rdi
	xorl	%eax, %eax
	movl	$(0x68 / 4), %ecx
	rep stosl
	leaq	CPU_TSS(%rbx), %rax
	leaq	CPU_NMI_STACK(%rbx), %rcx
	movq	%rcx, 0x24(%rax)
	leaq	CPU_FAULT_STACK(%rbx), %rcx
	movq	%rcx, 0x2C(%rax)
	movw	$0x68, 0x66(%rax)
	movq	$0, CPU_GDT(%rbx)
	movabsq	$0x00AF9A000000FFFF, %rcx
	movq	%rcx, CPU_GDT+8(%rbx)
	movabsq	$0x00CF92000000FFFF, %rcx
	movq	%rcx, CPU_GDT+16(%rbx)
	movabsq	$0x0000890000000067, %rcx
	movq	%rcx, CPU_GDT+24(%rbx)
	movw	%ax, CPU_GDT+0x1A(%rbx)
	shrq	$16, %rax
	movb	%al, CPU_GDT+0x1C(%rbx)
	movb	%ah, CPU_GDT+0x1F(%rbx)
	shrq	$16, %rax
	movq	%rax, CPU_GDT+0x20(%rbx)
	leaq	CPU_GDT(%rbx), %rax
	subq	$16, %rsp
	movw	$39, 6(%rsp)
	movq	%rax, 8(%rsp)
	lgdt	6(%rsp)
	leaq	further_cpu_idt(%rip), %rax
	movw	$0xFFF, 6(%rsp)
	movq	%rax, 8(%rsp)
	lidt	6(%rsp)
	addq	$16, %rsp
	pushq	$0x08
	leaq	1f(%rip), %rax
	pushq	%rax
	lretq
1:	movl	$0x10, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	lldt	%ax
	leaq	thread_block(%rip), %rax
	movq	%rax, %rdx
	shrq	$32, %rdx
	movl	$0xC0000100, %ecx	/* FS base, where the stack protector's canary lies */
	wrmsr
	movl	$0x18, %eax
	ltr	%ax
	xorl	%ebp, %ebp
	movq	%rbx, %rdi
	call	further_cpu_main
further_cpu_stop:
	cli
	hlt
	jmp	further_cpu_stop
	.size	further_cpu_entry, . - further_cpu_entry

/* rdi = control page, esi = its count of NMIs some time ago: sleeps until the next, unless there was one since. */
	.globl	further_cpu_sleep
	.type	further_cpu_sleep, @function
further_cpu_sleep:
	cmpl	CPU_WAKES(%rdi), %esi
	jne	further_cpu_awake
further_cpu_hlt:
	hlt
further_cpu_awake:
	ret
	.size	further_cpu_sleep, . - further_cpu_sleep

	.macro	further_stub vector, has_error
	.balign	16
	.if	!\has_error
	pushq	$0
	.endif
	pushq	$\vector
	jmp	further_cpu_fault
	.endm

	.balign	16
	.type	further_stubs, @function
further_stubs:
	.altmacro
	.set	v, 0
	.rept	33
	.if	v == 8 || (v >= 10 && v <= 14) || v == 17 || v == 21 || v == 29 || v == 30
	further_stub	%v, 1
	.else
	further_stub	%v, 0
	.endif
	.set	v, v + 1
	.endr
	.noaltmacro

	.type	further_cpu_nmi, @function
further_cpu_nmi:
	pushq	%rax
	pushq	%rbx
	movq	%rsp, %rbx
	andq	$-4096, %rbx
	incl	CPU_WAKES(%rbx)
	/* Between the look at the count and the sleep: there is no sleep. */
	leaq	further_cpu_sleep(%rip), %rax
	cmpq	%rax, 16(%rsp)
	jb	1f
	leaq	further_cpu_hlt(%rip), %rax
	cmpq	%rax, 16(%rsp)
	ja	1f
	leaq	further_cpu_awake(%rip), %rax
	movq	%rax, 16(%rsp)
1:	popq	%rbx
	popq	%rax
	iretq
	.size	further_cpu_nmi, . - further_cpu_nmi

/* Stack here, inside the control page: vector, error, rip, cs, rflags, rsp, ss. */
	.type	further_cpu_fault, @function
further_cpu_fault:
	pushq	%rax
	pushq	%rcx
	pushq	%rdx
	pushq	%rbx
	cmpl	$18, 32(%rsp)
	je	further_cpu_machine_check
1:	leaq	probe_copy_begin(%rip), %rax
	cmpq	%rax, 48(%rsp)
	jb	2f
	leaq	probe_copy_end(%rip), %rax
	cmpq	%rax, 48(%rsp)
	jae	2f
	leaq	probe_copy_fault(%rip), %rax
	movq	%rax, 48(%rsp)
	jmp	3f
2:	movq	%rsp, %rbx
	andq	$-4096, %rbx
	movq	32(%rsp), %rax
	movq	%rax, CPU_VECTOR(%rbx)
	movq	40(%rsp), %rax
	movq	%rax, CPU_ERROR(%rbx)
	movq	48(%rsp), %rax
	movq	%rax, CPU_RIP(%rbx)
	movq	%cr2, %rax
	movq	%rax, CPU_CR2(%rbx)
	movl	$CPU_LOST, CPU_STATE(%rbx)
	jmp	further_cpu_stop
/* As Machine/MachineChecks: clears the banks; goes on where the restart address is valid and the error is not ours. */
further_cpu_machine_check:
	movl	$0x17A, %ecx
	rdmsr
	movl	%eax, %ebx
	xorl	%eax, %eax
	xorl	%edx, %edx
	wrmsr
	movl	$0x179, %ecx
	rdmsr
	movzbl	%al, %ecx
	shll	$2, %ecx
4:	subl	$4, %ecx
	js	5f
	pushq	%rcx
	addl	$0x401, %ecx
	xorl	%eax, %eax
	xorl	%edx, %edx
	wrmsr
	popq	%rcx
	jmp	4b
5:	andl	$3, %ebx
	cmpl	$1, %ebx
	jne	1b
3:	popq	%rbx
	popq	%rdx
	popq	%rcx
	popq	%rax
	addq	$16, %rsp
	iretq
	.size	further_cpu_fault, . - further_cpu_fault

/* The further CPUs' IDT: NMI on the first exception stack of a control page, everything else on the second. */
	.globl	build_further_cpu_idt
	.type	build_further_cpu_idt, @function
build_further_cpu_idt:
	leaq	further_cpu_idt(%rip), %rdi
	leaq	further_stubs(%rip), %rsi
	xorl	%ecx, %ecx
1:	movq	%rsi, %rax
	movb	$2, %dl
	cmpl	$2, %ecx
	jne	2f
	leaq	further_cpu_nmi(%rip), %rax
	movb	$1, %dl
2:	movw	%ax, (%rdi)
	movw	$0x08, 2(%rdi)
	movb	%dl, 4(%rdi)
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
	ret
	.size	build_further_cpu_idt, . - build_further_cpu_idt

	.bss
	.balign	16
further_cpu_idt:
	.skip	256 * 16
	.globl	further_cpu_block, further_cpu_root
further_cpu_block:
	.skip	8
further_cpu_root:
	.skip	8
