/*
 * Entry points. The 64-bit one is the way from kexec: any address, identity-mapped by the old kernel's tables, 4- or
 * 5-level paging as the old kernel had it. The 32-bit ones (Linux boot protocol, PVH, multiboot2) build tables for the
 * first 4 GiB and join it. All of this is the head, which is in the images as it is; the rest of the kernel is packed
 * there, and nothing of it can be used before it is unpacked.
 *
 * ImageCheck decodes all code: labels code32_start* and code32_end* stand around 32-bit code, and data in this section
 * has the type object and a size.
 */
#include "layout.inc"

	.section .head, "ax"
	.globl	image_start
image_start:

/* Linux 32-bit boot protocol: offset 0 of the protected-mode part, esi = boot_params. */
	.code32
code32_start_1:
startup_32:
	cli
	cld
	movl	$0x18, %eax		/* __BOOT_DS */
	movl	%eax, %ss
	movl	$BOOT_LINUX, %ebp
	jmp	enter_long_mode

	.globl	pvh_start
pvh_start:
	cli
	cld
	movl	%ebx, %esi
	movl	$BOOT_PVH, %ebp
	jmp	enter_long_mode

multiboot2_start:
	cli
	cld
	movl	%ebx, %esi
	movl	$BOOT_MULTIBOOT2, %ebp
	jmp	enter_long_mode

/* multiboot2 specification 3.1: header in the first 32 KiB, 8-byte aligned; ELF program headers tell the layout. */
	.balign	8
code32_end_1:
	.type	multiboot2_header, @object
multiboot2_header:
	.long	0xE85250D6
	.long	0
	.long	multiboot2_end - multiboot2_header
	.long	-(0xE85250D6 + (multiboot2_end - multiboot2_header))
	.short	3, 0			/* entry address tag */
	.long	12
	.long	IMAGE_BASE + (multiboot2_start - image_start)
	.balign	8
	.short	0, 0			/* end tag */
	.long	8
multiboot2_end:
	.size	multiboot2_header, . - multiboot2_header

	.org	image_start + ENTRY64_OFFSET
	.code64
	.globl	startup_64
startup_64:
	cli
	cld
	xorl	%ebp, %ebp		/* BOOT_LINUX */

/* rsi = boot_params, hvm_start_info or multiboot2 information; ebp = which. */
common_64:
	leaq	stack_top(%rip), %rsp
	movq	%rsi, %r12
	movl	%ebp, %r13d

	/* The packed payload lies where the unpacked one belongs: out of its way, to where .bss will be, and back. */
	leaq	payload_start(%rip), %rbx
	leaq	payload_end(%rip), %rbp
	subq	%rbx, %rbp
	movl	(%rbx), %ecx
	cmpq	%rbp, %rcx
	ja	image_damaged
	leaq	__bss_start(%rip), %rdi
	movq	%rbx, %rsi
	movq	%rdi, %rdx
	movq	%rcx, %rax
	shrq	$3, %rcx
	rep movsq
	movq	%rbx, %rdi
	movq	%rbp, %rsi
	movq	%rax, %rcx
	call	unpack
	testl	%eax, %eax
	jnz	image_damaged

	/* .bss: the loader need not have cleared it. */
	leaq	__bss_start(%rip), %rdi
	leaq	__bss_end(%rip), %rcx
	subq	%rdi, %rcx
	shrq	$3, %rcx
	xorl	%eax, %eax
	rep stosq

	/* R_X86_64_RELATIVE: add the load offset (ELF x86-64 psABI 4.4). */
	leaq	image_start(%rip), %rdx
	subq	$IMAGE_BASE, %rdx
	leaq	__rela_start(%rip), %rbx
	leaq	__rela_end(%rip), %rcx
1:	cmpq	%rcx, %rbx
	jae	2f
	movq	(%rbx), %rdi
	movq	16(%rbx), %rax
	addq	%rdx, %rax
	movq	%rax, (%rdi,%rdx)
	addq	$24, %rbx
	jmp	1b
2:
	/* Paging and protection on, write protection on, caches on, SSE usable (Intel SDM vol. 3, 2.5 and 14.1). */
	movq	%cr4, %rax
	andl	$0x00001020, %eax	/* keep PAE and LA57: neither may change while paging is on */
	orl	$0x00000600, %eax	/* OSFXSR, OSXMMEXCPT */
	movq	%rax, %cr4
	movl	$0x80010033, %eax	/* PG, WP, NE, ET, MP, PE */
	movq	%rax, %cr0
	fninit
	pushq	$0x1F80
	ldmxcsr	(%rsp)
	popq	%rax

	/* FS base: code built with a stack protector reads its canary at fs:0x28. */
	leaq	thread_block(%rip), %rax
	movq	%rax, %rdx
	shrq	$32, %rdx
	movl	$0xC0000100, %ecx
	wrmsr
	movl	$0xC0000101, %ecx	/* GS base: the same harmless place */
	wrmsr

	/* GDT and TSS (Intel SDM vol. 3, 3.5 and 8.7): bases filled in here, as the image may lie anywhere. */
	leaq	tss(%rip), %rax
	leaq	gdt(%rip), %rbx
	movw	%ax, 0x1A(%rbx)
	shrq	$16, %rax
	movb	%al, 0x1C(%rbx)
	movb	%ah, 0x1F(%rbx)
	shrq	$16, %rax
	movl	%eax, 0x20(%rbx)
	leaq	tss(%rip), %rdi
	leaq	ist1_top(%rip), %rax
	movq	%rax, 0x24(%rdi)
	leaq	ist2_top(%rip), %rax
	movq	%rax, 0x2C(%rdi)
	leaq	ist3_top(%rip), %rax
	movq	%rax, 0x34(%rdi)
	leaq	ist4_top(%rip), %rax
	movq	%rax, 0x3C(%rdi)
	movw	$0x68, 0x66(%rdi)	/* no I/O permission map */
	subq	$16, %rsp
	movw	$(gdt_end - gdt - 1), 6(%rsp)
	movq	%rbx, 8(%rsp)
	lgdt	6(%rsp)
	addq	$16, %rsp
	pushq	$0x08
	leaq	3f(%rip), %rax
	pushq	%rax
	lretq
3:	movl	$0x10, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	/* Loading a null selector clears the base on some CPUs: set FS base again. */
	leaq	thread_block(%rip), %rax
	movq	%rax, %rdx
	shrq	$32, %rdx
	movl	$0xC0000100, %ecx
	wrmsr
	xorl	%eax, %eax
	lldt	%ax
	movl	$0x18, %eax
	ltr	%ax

	xorl	%ebp, %ebp		/* end of the frame chain */
	movl	%r13d, %edi
	movq	%r12, %rsi
	call	kernel_main
	/* kernel_main does not return; if it ever does, stop here. */
4:	cli
	hlt
	jmp	4b

/* Says so on the first serial port, as the crashed kernel has left it, and resets by a triple fault. */
image_damaged:
	leaq	image_damaged_text(%rip), %rsi
	movl	$(image_damaged_end - image_damaged_text), %ebx
1:	movl	$0x4000, %ecx		/* a port that is stuck holds us up for a second */
	movl	$0x3FD, %edx		/* line status (16550): bit 5, room for a byte */
2:	inb	%dx, %al
	testb	$0x20, %al
	jnz	3f
	loop	2b
3:	movl	$0x3F8, %edx
	outsb
	decl	%ebx
	jnz	1b
	movl	$0x4000, %ecx
	movl	$0x3FD, %edx
4:	inb	%dx, %al
	testb	$0x40, %al		/* all sent */
	loopz	4b
	lidt	image_damaged_end(%rip)	/* ten zero bytes: no vectors */
	ud2
	.type	image_damaged_text, @object
image_damaged_text:
	.ascii	"ckdump: the capture kernel's image is damaged: it does not unpack: reset\n"
image_damaged_end:
	.skip	10
	.size	image_damaged_text, . - image_damaged_text

/* ebp = boot kind, esi = its information. */
	.code32
code32_start_2:
enter_long_mode:
	/* Where are we? A scratch word below the image is not ours to use, so take the early stack by the link address
	   for PVH and multiboot2, and boot_params.scratch (offset 0x1e4) for the Linux protocol, as Linux does. */
	movl	$(IMAGE_BASE + 0), %ebx
	testl	%ebp, %ebp
	jnz	1f
	leal	0x1E8(%esi), %esp
	call	2f
2:	popl	%ebx
	subl	$(2b - image_start), %ebx
1:	/* ebx = address of image_start. */
	leal	(early_tables_distance - image_start)(%ebx), %edi
	addl	(%edi), %edi
	movl	%edi, %edx		/* edx = early page tables: PML4, PDPT, four PDs */
	xorl	%eax, %eax
	movl	$(6 * 1024), %ecx
	rep stosl
	leal	0x1003(%edx), %eax
	movl	%eax, (%edx)
	leal	0x2003(%edx), %eax
	movl	$4, %ecx
	leal	0x1000(%edx), %edi
3:	movl	%eax, (%edi)
	addl	$0x1000, %eax
	addl	$8, %edi
	loop	3b
	movl	$0x83, %eax		/* present, writable, 2 MiB */
	leal	0x2000(%edx), %edi
	movl	$2048, %ecx
4:	movl	%eax, (%edi)
	addl	$0x200000, %eax
	addl	$8, %edi
	loop	4b
	movl	$0x20, %eax		/* CR4.PAE */
	movl	%eax, %cr4
	movl	%edx, %cr3
	movl	$0xC0000080, %ecx	/* EFER.LME (Intel SDM vol. 3, 10.8.5) */
	rdmsr
	orl	$0x100, %eax
	wrmsr
	/* A code segment with L set is needed for the far jump; the descriptor table goes on the early stack. */
	leal	0x8000(%edx), %esp
	leal	(early_gdt - image_start)(%ebx), %eax
	pushl	%eax
	pushl	$(0x17 << 16)
	lgdt	2(%esp)
	movl	$0x80000011, %eax	/* PG, PE */
	movl	%eax, %cr0
	leal	(5f - image_start)(%ebx), %eax
	pushl	$0x08
	pushl	%eax
	lret
code32_end_2:
	.code64
5:	movl	$0x10, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	%esi, %esi		/* upper halves are undefined after the switch */
	jmp	common_64

	.balign	8
	.type	early_tables_distance, @object
early_tables_distance:
	.long	early_tables - early_tables_distance
	.size	early_tables_distance, . - early_tables_distance
	.balign	8
	.type	early_gdt, @object
early_gdt:
	.quad	0
	.quad	0x00AF9A000000FFFF
	.quad	0x00CF92000000FFFF
	.size	early_gdt, . - early_gdt

/* PVH entry (Xen: docs/misc/pvh.pandoc; XEN_ELFNOTE_PHYS32_ENTRY = 18). */
	.section .head.note, "a", @note
	.balign	4
	.long	4, 4, 18
	.asciz	"Xen"
	.long	IMAGE_BASE + (pvh_start - image_start)

	.section .data.descriptors, "aw"
	.balign	16
gdt:
	.quad	0
	.quad	0x00AF9A000000FFFF	/* 0x08: 64-bit code */
	.quad	0x00CF92000000FFFF	/* 0x10: data */
	.quad	0x0000890000000067	/* 0x18: TSS, base filled in at entry */
	.quad	0
	.quad	0x00CF12000000FFFF	/* 0x28: data, not present (provoke.S) */
gdt_end:
	.balign	16
tss:
	.skip	0x68
	.balign	16
	.globl	idt
idt:
	.skip	256 * 16
	.globl	thread_block
	.balign	64
thread_block:
	.skip	0x28
	.quad	0x00C0FFEE5AFE0A0D	/* what stack protectors compare; nobody writes here */
	.skip	16

/* Not cleared at entry: we run on the first and may still use the tables of the 32-bit path. */
	.section .noinit, "aw", @nobits
	.balign	4096
	.globl	early_tables
early_tables:
	.skip	8 * 4096
/* Further CPUs' stacks, and memory that C# hands out by name and that nobody needs cleared. */
	.globl	cpu_pages, cpu_pages_end, work_pages, work_pages_end
cpu_pages:
	.skip	FURTHER_CPUS * CPU_BYTES
cpu_pages_end:
work_pages:
	.skip	WORK_PAGES_BYTES
work_pages_end:
	.globl	stack_guard, stack_bottom, stack_top
stack_guard:
	.skip	4096
stack_bottom:
	.skip	STACK_BYTES
stack_top:
	.globl	ist1_guard, ist2_guard, ist3_guard, ist4_guard, ist4_top
ist1_guard:
	.skip	4096
	.skip	IST_BYTES
ist1_top:
ist2_guard:
	.skip	4096
	.skip	IST_BYTES
ist2_top:
ist3_guard:
	.skip	4096
	.skip	IST_BYTES
ist3_top:
ist4_guard:
	.skip	4096
	.skip	IST_BYTES
ist4_top:

/* Page-aligned memory that C# hands out by name (Machine/StaticMemory): cleared with .bss. */
	.section .bss.pages, "aw", @nobits
	.balign	4096
	.globl	static_pages, static_pages_end
static_pages:
	.skip	STATIC_PAGES_BYTES
static_pages_end:
