/** What a reader sees of a page in a window of `width` pixels. */
export interface SeenPage {
  width: number;
  dark: boolean;
  /** How far it can be scrolled sideways, in pixels. */
  tooWide: number;
  charts: SeenChart[];
}

export interface SeenChart {
  title: string;
  texts: string[];
  /** Of the smallest text, in pixels. */
  fontSize: number;
  /** Texts that stick out of the chart. */
  outside: string[];
  /** Texts that stand on another one. */
  overlapping: string[];
  /** The least with the page behind: 21 is black on white, 1 cannot be seen. */
  textContrast: number;
  dataContrast: number;
}
