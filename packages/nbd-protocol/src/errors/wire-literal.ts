// The specification prints wire literals in hex, so error messages do too: they can be searched for.

export function hex16(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}

export function hex32(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}

export function hex64(high: number, low: number): string {
  return `${hex32(high)}${low.toString(16).padStart(8, '0')}`;
}
