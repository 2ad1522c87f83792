/** Small ones, of whoever is left far behind, keep two digits that mean something. */
export function ratioText(ratio: number): string {
  return `${ratio < 0.1 ? ratio.toFixed(3) : ratio.toFixed(2)}x`;
}

/** What a ratio of `compare` means, and which is better. */
export function ratioWords(rounds: number): string {
  const spread = rounds === 1 ? '' : `; the median of the rounds, the smallest and the largest`;
  return `our IOPS divided by theirs: above 1.00x nbd-bench is faster, below it the rival${spread}`;
}
