/** What a ratio of `compare` means, and which is better. */
export function ratioWords(rounds: number): string {
  const spread = rounds === 1 ? '' : `; the median of the rounds, the smallest and the largest`;
  return `our IOPS divided by theirs: above 1.00x nbd-bench is faster, below it the rival${spread}`;
}
