/** No reply has more, and for none are more asked for: that all of a large disk is the same may take millions. */
export const MAX_EXTENTS = 2 ** 16;
