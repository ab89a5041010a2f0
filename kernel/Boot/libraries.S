/*
 * What libzstd, liblzo2 and libz ask for. They work in static memory (Compress/), so malloc fails. Functions that only
 * other levels and dictionaries use are left out: were one reached, it would end the step as any failed check does.
 */
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

function malloc
	xorl	%eax, %eax
	ret
done malloc
function calloc
	xorl	%eax, %eax
	ret
done calloc
function free
	ret
done free
function __stack_chk_fail
	movl	$6, %edi		/* Corelib/ThrowHelpers: reasons */
	jmp	raise_check
done __stack_chk_fail

/* zlib's zalloc and zfree: rdi = the next free byte and the end, esi * edx = bytes. Nothing is ever given back. */
function arena_allocate
	movl	%esi, %eax
	movl	%edx, %edx
	imulq	%rdx, %rax
	addq	$15, %rax
	andq	$-16, %rax
	movq	(%rdi), %rcx
	addq	%rcx, %rax
	cmpq	8(%rdi), %rax
	ja	1f
	movq	%rax, (%rdi)
	movq	%rcx, %rax
	ret
1:	xorl	%eax, %eax
	ret
done arena_allocate
function arena_free
	ret
done arena_free

/* Hooks of libzstd that exist only where a program defines them. */
function ZSTD_trace_compress_begin
	xorl	%eax, %eax
	ret
done ZSTD_trace_compress_begin
function ZSTD_trace_compress_end
	ret
done ZSTD_trace_compress_end

/* Sizes of tables for long distances, which are switched off: none. */
function ZSTD_ldm_getTableSize
	xorl	%eax, %eax
	ret
done ZSTD_ldm_getTableSize
function ZSTD_ldm_getMaxNbSeq
	xorl	%eax, %eax
	ret
done ZSTD_ldm_getMaxNbSeq

	.macro	absent names:vararg
	.irp	name, \names
	.globl	\name
	.type	\name, @function
\name:
	.endr
	.endm

	.type	absent_function, @function
absent_function:
	/* zstd_lazy.c: greedy, lazy and binary tree, 190 KB */
	absent	ZSTD_compressBlock_greedy, ZSTD_compressBlock_greedy_row, ZSTD_compressBlock_greedy_extDict
	absent	ZSTD_compressBlock_greedy_extDict_row, ZSTD_compressBlock_greedy_dictMatchState
	absent	ZSTD_compressBlock_greedy_dictMatchState_row, ZSTD_compressBlock_greedy_dedicatedDictSearch
	absent	ZSTD_compressBlock_greedy_dedicatedDictSearch_row
	absent	ZSTD_compressBlock_lazy, ZSTD_compressBlock_lazy_row, ZSTD_compressBlock_lazy_extDict
	absent	ZSTD_compressBlock_lazy_extDict_row, ZSTD_compressBlock_lazy_dictMatchState
	absent	ZSTD_compressBlock_lazy_dictMatchState_row, ZSTD_compressBlock_lazy_dedicatedDictSearch
	absent	ZSTD_compressBlock_lazy_dedicatedDictSearch_row
	absent	ZSTD_compressBlock_lazy2, ZSTD_compressBlock_lazy2_row, ZSTD_compressBlock_lazy2_extDict
	absent	ZSTD_compressBlock_lazy2_extDict_row, ZSTD_compressBlock_lazy2_dictMatchState
	absent	ZSTD_compressBlock_lazy2_dictMatchState_row, ZSTD_compressBlock_lazy2_dedicatedDictSearch
	absent	ZSTD_compressBlock_lazy2_dedicatedDictSearch_row
	absent	ZSTD_compressBlock_btlazy2, ZSTD_compressBlock_btlazy2_extDict
	absent	ZSTD_compressBlock_btlazy2_dictMatchState
	absent	ZSTD_dedicatedDictSearch_lazy_loadDictionary, ZSTD_insertAndFindFirstIndex, ZSTD_row_update
	/* zstd_double_fast.c: 32 KB */
	absent	ZSTD_compressBlock_doubleFast, ZSTD_compressBlock_doubleFast_extDict
	absent	ZSTD_compressBlock_doubleFast_dictMatchState, ZSTD_fillDoubleHashTable
	/* zstd_opt.c: the optimal parser, 48 KB */
	absent	ZSTD_compressBlock_btopt, ZSTD_compressBlock_btopt_extDict, ZSTD_compressBlock_btopt_dictMatchState
	absent	ZSTD_compressBlock_btultra, ZSTD_compressBlock_btultra2, ZSTD_compressBlock_btultra_extDict
	absent	ZSTD_compressBlock_btultra_dictMatchState, ZSTD_updateTree
	/* zstd_ldm.c, zstd_compress_superblock.c: long distances and targeted block sizes */
	absent	ZSTD_ldm_adjustParameters, ZSTD_ldm_blockCompress, ZSTD_ldm_fillHashTable, ZSTD_ldm_generateSequences
	absent	ZSTD_ldm_skipRawSeqStoreBytes, ZSTD_ldm_skipSequences
	absent	ZSTD_compressSuperBlock
	/* entropy_common.c, error_private.c: reading dictionaries, texts of errors */
	absent	HUF_readStats, FSE_readNCount, ERR_getErrorString
	/* zlib's gzip header */
	absent	crc32
	movl	$5, %edi		/* Corelib/ThrowHelpers: reasons */
	jmp	raise_check
	.size	absent_function, . - absent_function
