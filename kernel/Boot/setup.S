/*
 * The boot header and the real-mode part of kdump.bzimage (Documentation/arch/x86/boot.rst, protocol 2.15). Linked by
 * itself, with memory_bytes taken from kdump.elf; `ImageCheck pack` fills in syssize. kexec reads only the header; QEMU's
 * -kernel and old boot loaders run the code.
 */
	.code16
	.section .setup, "ax"
	.globl	setup_start
setup_start:
	.org	0x1F1
setup_sects:	.byte	1		/* one sector after the first */
root_flags:	.short	0
syssize:	.long	0
ram_size:	.short	0
vid_mode:	.short	0xFFFF
root_dev:	.short	0
boot_flag:	.short	0xAA55
	.byte	0xEB, setup_code - 0x202	/* jump over the header */
magic:	.ascii	"HdrS"
version:	.short	0x020F
realmode_swtch:	.long	0
start_sys_seg:	.short	0
kernel_version:	.short	version_text - 0x200
type_of_loader:	.byte	0
loadflags:	.byte	0x01		/* LOADED_HIGH */
setup_move_size: .short	0
code32_start:	.long	0x100000
ramdisk_image:	.long	0
ramdisk_size:	.long	0
bootsect_kludge: .long	0
heap_end_ptr:	.short	0
ext_loader_ver:	.byte	0
ext_loader_type: .byte	0
cmd_line_ptr:	.long	0
initrd_addr_max: .long	0x7FFFFFFF
kernel_alignment: .long	0x1000
relocatable_kernel: .byte	1
min_alignment:	.byte	12
xloadflags:	.short	0x63		/* KERNEL_64, CAN_BE_LOADED_ABOVE_4G, 5LEVEL, 5LEVEL_ENABLED */
cmdline_size:	.long	4095
hardware_subarch: .long	0
hardware_subarch_data: .quad	0
payload_offset:	.long	0
payload_length:	.long	0
setup_data:	.quad	0
pref_address:	.quad	0x100000
init_size:	.long	memory_bytes
handover_offset: .long	0
kernel_info_offset: .long	0
header_end:

/* Entered by a boot loader at offset 0x200 with cs = ds + 0x20. Builds boot_params in the page at ds:0x1000. */
	.org	0x280
setup_code:
	cli
	cld
	movw	%ds, %ax
	movw	%ax, %es
	movw	%ax, %ss
	movw	$0x3FF0, %sp
	movw	$0x1000, %di
	xorw	%ax, %ax
	movw	$0x800, %cx
	rep stosw
	movw	$0x1F1, %si
	movw	$0x11F1, %di
	movw	$(header_end - setup_sects), %cx
	rep movsb
	inb	$0x92, %al		/* A20 by the fast gate; it is open already on everything since 2005 */
	orb	$2, %al
	andb	$0xFE, %al
	outb	%al, $0x92
	xorl	%esi, %esi
	movw	%ds, %si
	shll	$4, %esi
	leal	(boot_gdt - setup_start)(%esi), %eax
	movl	%eax, boot_gdt_base - setup_start
	addl	$0x1000, %esi
	movl	code32_start - setup_start, %edx
	lgdtl	boot_gdt_pointer - setup_start
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	/* The far jump goes through the real-mode stack segment, whose cached limits stay until it is loaded again. */
	movw	$0x18, %ax
	movw	%ax, %ds
	movw	%ax, %es
	pushl	$0x10
	pushl	%edx
	lretl
	.balign	8
boot_gdt:
	.quad	0
	.quad	0
	.quad	0x00CF9A000000FFFF	/* 0x10: __BOOT_CS */
	.quad	0x00CF92000000FFFF	/* 0x18: __BOOT_DS */
boot_gdt_pointer:
	.short	31
boot_gdt_base:
	.long	0
version_text:
	.asciz	"CosmosKdump"
	.org	0x400
