// Names of metadata contexts that are in use, for NBD_OPT_SET_META_CONTEXT.

/** The one context that the specification defines; its status has NBD_STATE_HOLE and NBD_STATE_ZERO. */
export const NBD_CONTEXT_BASE_ALLOCATION = 'base:allocation';
/** qemu: status is 0 where the image itself has nothing, else the layer of the chain that has the data, from 1. */
export const NBD_CONTEXT_QEMU_ALLOCATION_DEPTH = 'qemu:allocation-depth';
/** qemu: the name of a bitmap follows; its status has NBD_STATE_DIRTY. */
export const NBD_CONTEXT_QEMU_DIRTY_BITMAP = 'qemu:dirty-bitmap:';

/** Status flags of the `base:allocation` metadata context. */
export const NBD_STATE_HOLE = 1 << 0;
export const NBD_STATE_ZERO = 1 << 1;
/** Status flag of qemu's dirty bitmaps. */
export const NBD_STATE_DIRTY = 1 << 0;
