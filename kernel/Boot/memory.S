/* Block moves. RyuJIT calls some of them by its own helper names. String instructions are short, and fast on any CPU
   that a server has had for a decade (ERMS). */
	.text
	.globl	memcpy, memmove, memset, memcmp
	.type	memcpy, @function
	.type	memmove, @function
memcpy:
memmove:
	movq	%rdi, %rax
	movq	%rdx, %rcx
	movq	%rdi, %r8
	subq	%rsi, %r8
	cmpq	%rdx, %r8
	jb	1f			/* destination inside the source: from the end */
	shrq	$3, %rcx
	rep movsq
	movl	%edx, %ecx
	andl	$7, %ecx
	rep movsb
	ret
1:	std
	leaq	-1(%rdi,%rdx), %rdi
	leaq	-1(%rsi,%rdx), %rsi
	rep movsb
	cld
	ret
	.size	memcpy, . - memcpy
	.size	memmove, . - memmove

	.type	memset, @function
memset:
	movq	%rdi, %r8
	movzbl	%sil, %eax
	movabsq	$0x0101010101010101, %rcx
	imulq	%rcx, %rax
	movq	%rdx, %rcx
	shrq	$3, %rcx
	rep stosq
	movl	%edx, %ecx
	andl	$7, %ecx
	rep stosb
	movq	%r8, %rax
	ret
	.size	memset, . - memset

	.type	memcmp, @function
memcmp:
	xorl	%eax, %eax
	movq	%rdx, %rcx
	testq	%rcx, %rcx
	jz	1f
	repe cmpsb
	je	1f
	movzbl	-1(%rdi), %eax
	movzbl	-1(%rsi), %ecx
	subl	%ecx, %eax
	ret
1:	xorl	%eax, %eax
	ret
	.size	memcmp, . - memcmp

/* rdi = destination, rsi = source, rdx = length: copies as far as memory can be read; rax = bytes not copied.
   A fault between probe_copy_begin and probe_copy_end continues at probe_copy_fault (Machine/Exceptions). */
	.globl	probe_copy, probe_copy_begin, probe_copy_end, probe_copy_fault
	.type	probe_copy, @function
probe_copy:
	movq	%rdx, %r8
	addq	%rdi, %r8		/* one past the destination's end */
	movq	%rdx, %rcx
	shrq	$3, %rcx
	andl	$7, %edx
probe_copy_begin:
	rep movsq
	movl	%edx, %ecx
	rep movsb
probe_copy_end:
probe_copy_fault:
	movq	%r8, %rax
	subq	%rdi, %rax		/* what was not written; rdi stands at the first such byte */
	ret
	.size	probe_copy, . - probe_copy

/* ilc's names for the same things, and its stack canary. */
	.globl	RhSpanHelpers_MemCopy, RhSpanHelpers_MemZero, RhpReversePInvoke, RhpReversePInvokeReturn
	.globl	RhpFallbackFailFast, raise_check, raise_check_fault
	.type	raise_check, @function
	.type	RhpFallbackFailFast, @function
RhpReversePInvoke:
RhpReversePInvokeReturn:
	ret
RhpFallbackFailFast:
	movl	$6, %edi		/* Corelib/ThrowHelpers: reasons */
raise_check:
	pushq	%rbp
	movq	%rsp, %rbp
raise_check_fault:
	ud2
	.size	raise_check, . - raise_check

/* r11 = the lowest address of a frame larger than a page: touches each page, so that none skips the guard. */
	.globl	RhpStackProbe
	.type	RhpStackProbe, @function
RhpStackProbe:
	pushq	%rax
	movq	%rsp, %rax
1:	subq	$4096, %rax
	cmpq	%r11, %rax
	jbe	2f
	testl	%eax, (%rax)
	jmp	1b
2:	testl	%eax, (%r11)
	popq	%rax
	ret
	.size	RhpStackProbe, . - RhpStackProbe

	.section .rodata
	.balign	8
	.globl	__security_cookie
__security_cookie:
	.quad	0x00C0FFEE5AFE0A0D
