/*
 * Unpacks the payload of the images: everything behind the head, packed by tools/ImageCheck/Packing. LZ77 over the whole
 * payload; a canonical Huffman code for bytes and lengths of copies, another for offsets, which are read through tables
 * of 2^12 entries. Never writes outside of the payload's place, whatever the packed bytes are.
 *
 * Packed form, little-endian: u32 its own length, a multiple of 8; u32 length of the payload; u32 Adler-32 of the
 * payload (RFC 1950, 8.2). Then each code: u16 number of codes of 1 to 12 bits, u16 symbols in the order of their codes.
 * Then the bits of the tokens, most significant bit of a byte first. Symbols 0 to 255 are bytes; 256 + slot is a copy,
 * whose length is a number + 2, followed by its offset, a number too: 0 is the offset of the copy before. A number is a
 * slot and its extra bits: slots 0 and 1 themselves, else the bits 1, the slot's lowest, and (slot >> 1) - 1 extra ones.
 */
#include "layout.inc"

	.set	UNPACK_CODE_BITS, 12
	.set	UNPACK_TABLE_BYTES, 2 << UNPACK_CODE_BITS

	.section .head.unpack, "ax"
/*
 * rdi = place of the payload, rsi = its bytes, rdx = packed bytes, rcx = how many; rax = 0 when all is well. Reads up to
 * 4 KiB behind the packed bytes, and up to 20 KiB behind their start (the tables of codes). Changes what a C function may.
 */
	.globl	unpack
	.type	unpack, @function
unpack:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	subq	$(2 * UNPACK_TABLE_BYTES), %rsp
	movq	%rdi, %r12		/* r12 = start of the place, r13 = its end */
	leaq	(%rdi,%rsi), %r13
	movq	%rdx, %r14		/* r14 = packed bytes, r10 = bits in them */
	leaq	(,%rcx,8), %r10
	movl	4(%r14), %eax
	cmpq	%rsi, %rax
	jne	unpack_damaged

	leaq	12(%r14), %rsi
	movq	%rsp, %rdi
	call	unpack_code
	jne	unpack_damaged
	call	unpack_code
	jne	unpack_damaged
	movq	%rsi, %r9		/* r9 = place in the bits */
	subq	%r14, %r9
	shlq	$3, %r9
	movq	%r12, %rdi
	xorl	%r11d, %r11d		/* r11 = offset of the last copy */

unpack_token:
	cmpq	%r10, %r9
	ja	unpack_damaged
	cmpq	%r13, %rdi
	jae	unpack_checksum
	movq	%rsp, %r8
	call	unpack_symbol
	cmpl	$256, %ebx
	jae	1f
	movb	%bl, (%rdi)
	incq	%rdi
	jmp	unpack_token
1:	subl	$256, %ebx
	call	unpack_number
	leaq	2(%rbx), %rbp		/* rbp = length */
	leaq	UNPACK_TABLE_BYTES(%rsp), %r8
	call	unpack_symbol
	call	unpack_number
	testq	%rbx, %rbx
	cmovnzq	%rbx, %r11
	movq	%rdi, %rax
	subq	%r12, %rax		/* what there is to copy from */
	leaq	-1(%r11), %rcx
	cmpq	%rax, %rcx		/* no offset at all is one too many as well */
	jae	unpack_damaged
	movq	%r13, %rax
	subq	%rdi, %rax
	cmpq	%rax, %rbp
	ja	unpack_damaged
	movq	%rdi, %rsi
	subq	%r11, %rsi
	movq	%rbp, %rcx
	rep movsb
	jmp	unpack_token

/* Adler-32: 64-bit sums do not overflow below 2^27 bytes, so the remainder can wait until the end. */
unpack_checksum:
	movl	$1, %eax
	xorl	%ebx, %ebx
	movq	%r12, %rsi
1:	movzbl	(%rsi), %ecx
	addq	%rcx, %rax
	addq	%rax, %rbx
	incq	%rsi
	cmpq	%r13, %rsi
	jb	1b
	movl	$65521, %ecx
	xorl	%edx, %edx
	divq	%rcx
	movq	%rdx, %rsi
	movq	%rbx, %rax
	xorl	%edx, %edx
	divq	%rcx
	shll	$16, %edx
	orl	%esi, %edx
	xorl	%eax, %eax
	cmpl	%edx, 8(%r14)
	je	1f
unpack_damaged:
	movl	$1, %eax
1:	addq	$(2 * UNPACK_TABLE_BYTES), %rsp
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret
	.size	unpack, . - unpack

/* rsi = a stored code, rdi = its table: fills the table, moves both behind; not equal if the code is not complete. An
   entry is the symbol << 4 | length of its code, for all 12 bits that begin with it: canonical codes ascend. */
	.type	unpack_code, @function
unpack_code:
	movq	%rsi, %r8		/* r8 = counts, rsi = symbols */
	addq	$(2 * UNPACK_CODE_BITS), %rsi
	movl	$(1 << UNPACK_CODE_BITS), %r9d	/* r9 = entries left */
	movl	$(1 << UNPACK_CODE_BITS), %edx	/* edx = entries of a code, ebx = its length */
	xorl	%ebx, %ebx
1:	shrl	%edx
	incl	%ebx
	movzwl	(%r8), %ebp
	addq	$2, %r8
2:	subl	$1, %ebp
	jb	3f
	subl	%edx, %r9d
	jb	4f
	lodsw
	shll	$4, %eax
	orl	%ebx, %eax
	movl	%edx, %ecx
	rep stosw
	jmp	2b
3:	cmpl	$UNPACK_CODE_BITS, %ebx
	jb	1b
	testl	%r9d, %r9d
4:	ret
	.size	unpack_code, . - unpack_code

/* r8 = table: ebx = the symbol at r9, rax = the bits behind it from the top. At least 45 of them count: eight bytes less
   what r9 has used of the first one, and the code. */
	.type	unpack_symbol, @function
unpack_symbol:
	movq	%r9, %rax
	movl	%r9d, %ecx
	shrq	$3, %rax
	andl	$7, %ecx
	movq	(%r14,%rax), %rax
	bswapq	%rax
	shlq	%cl, %rax
	movq	%rax, %rcx
	shrq	$(64 - UNPACK_CODE_BITS), %rcx
	movzwl	(%r8,%rcx,2), %ebx
	movl	%ebx, %ecx
	andl	$15, %ecx
	shrl	$4, %ebx
	addq	%rcx, %r9
	shlq	%cl, %rax
	ret
	.size	unpack_symbol, . - unpack_symbol

/* ebx = slot, rax = the bits behind it: rbx = the number. Of a slot that cannot be it is any: whoever uses it looks at it. */
	.type	unpack_number, @function
unpack_number:
	cmpl	$2, %ebx
	jb	1f
	movl	%ebx, %ecx
	shrl	%ecx
	decl	%ecx
	andl	$1, %ebx
	orl	$2, %ebx
	shldq	%cl, %rax, %rbx
	addq	%rcx, %r9
1:	ret
	.size	unpack_number, . - unpack_number
