import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';

/** Clients can make files of millions of pieces: to know them all would take too long, and too much memory. What is cut is no map. */
const MAX_MAP_LINES = 100_000;

/**
 * Reads "verb offset length" and answers with the tool's words and a line "end STATUS". The disk is descriptor 3, so that a
 * path which means another file by now does no harm. Node has neither fallocate(2) nor SEEK_HOLE. Nothing is begun for a
 * process that was killed: the next one may have written there since. The status of a pipe is that of its end: a map that failed says so in its
 * last line, which is none of a map.
 */
const SCRIPT = `
disk=/proc/self/fd/3
while read -r verb offset length; do
  kill -0 $PPID || exit
  case $verb in
    punch) fallocate -p -o "$offset" -l "$length" $disk 2>&1 ;;
    zero) fallocate -z -n -o "$offset" -l "$length" $disk 2>&1 ;;
    map) { filefrag -s -v -b512 $disk 2>&1 || echo "failed with $?"; } | head -n ${MAX_MAP_LINES} ;;
  esac
  echo "end $?"
done`;

/** More than "end 255" with the line ends around it. */
const LAST_LINE = 16;

/** What a tool said, and its exit status: 127 from the shell if it is not there. */
export interface ToolAnswer {
  readonly output: string;
  readonly status: number;
}

/**
 * A shell that runs the system's tools on an open file, one after another, out of the way of this thread: it is started
 * once, and what it starts it starts itself. It holds the process open only while it is asked something.
 */
export class SpaceShell {
  readonly #child: ChildProcess;
  readonly #stdin: Socket;
  readonly #stdout: Socket;
  readonly #ended: Promise<null>;
  #text = '';
  #answered: ((answer: ToolAnswer) => void) | null = null;

  /** @returns null: it cannot be started. */
  static start(fd: number): SpaceShell | null {
    try {
      const child = spawn('/bin/sh', ['-c', SCRIPT], {
        stdio: ['pipe', 'pipe', 'ignore', fd],
        // A Ctrl-C at the terminal is for the server, which still has to drain.
        detached: true,
        env: { LC_ALL: 'C', PATH: `${process.env['PATH'] || '/bin'}:/usr/sbin:/usr/bin:/sbin:/bin` },
      });
      child.on('error', () => {});
      const { stdin, stdout } = child;
      // Without descriptors left, Node gives a child that has none.
      return stdin instanceof Socket && stdout instanceof Socket
        ? new SpaceShell(child, stdin, stdout)
        : null;
    } catch {
      return null;
    }
  }

  private constructor(child: ChildProcess, stdin: Socket, stdout: Socket) {
    this.#child = child;
    this.#stdin = stdin;
    this.#stdout = stdout;
    this.#ended = new Promise((resolve) => {
      child.once('error', () => resolve(null));
      child.once('close', () => resolve(null));
    });
    // Its end says it all.
    this.#stdin.on('error', () => {});
    this.#stdout.setEncoding('latin1').on('data', (text: string) => this.#received(text));
    this.#hold(false);
  }

  /** One at a time. @returns null: the shell has ended, and what it was asked may be done or not. */
  async ask(line: string): Promise<ToolAnswer | null> {
    this.#hold(true);
    try {
      const answer = new Promise<ToolAnswer>((resolve) => {
        this.#answered = resolve;
      });
      this.#stdin.write(`${line}\n`);
      return await Promise.race([answer, this.#ended]);
    } finally {
      this.#hold(false);
    }
  }

  /** Ends it after what it is doing, and returns once it holds the file no more. */
  async close(): Promise<void> {
    this.#hold(true);
    this.#stdin.end();
    await this.#ended;
  }

  #received(text: string): void {
    this.#text += text;
    const end = /(?:^|\n)end (\d+)\n$/.exec(this.#text.slice(-LAST_LINE));
    if (end === null) return;
    const output = this.#text.slice(0, -`end ${end[1]}\n`.length);
    this.#text = '';
    this.#answered?.({ output, status: Number(end[1]) });
  }

  #hold(isHeld: boolean): void {
    for (const one of [this.#child, this.#stdin, this.#stdout]) {
      if (isHeld) one.ref();
      else one.unref();
    }
  }
}
