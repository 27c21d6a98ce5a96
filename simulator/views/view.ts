import * as readline from "node:readline";
// eslint-disable-next-line no-restricted-imports -- frames are for human eyes; nothing of a run depends on them
import { setTimeout as sleep } from "node:timers/promises";
import type { JournalEntry } from "./journal";
import type { AddressHistory } from "../checkers/addressHistory";
import { formatSummary, type Summary } from "./report";

const FRAME_MS = 12;
const LAST_LINES = 12;

/** Shows a run to somebody, while it goes on and at its end. */
export interface View {
  entry(entry: JournalEntry): void;
  /** Called after every virtual second. */
  second(virtualSeconds: number, addressHistory: AddressHistory): Promise<void>;
  end(summary: Summary): void;
}

/** One object a line: the journal's entries, then the summary. */
export function jsonView(out: NodeJS.WritableStream): View {
  const print = (value: object) => out.write(`${JSON.stringify(value)}\n`);
  return {
    entry: (entry) => print(entry),
    second: () => Promise.resolve(),
    end: (summary) => print({ summary }),
  };
}

/** A line for everything but the manager's calls, then the tables. */
export function plainView(out: NodeJS.WritableStream): View {
  return {
    entry(entry) {
      if (entry.source !== "call") out.write(`${formatEntry(entry)}\n`);
    },
    second: () => Promise.resolve(),
    end: (summary) => out.write(`\n${formatSummary(summary)}\n`),
  };
}

/** A picture of the pools that is drawn anew while the run goes on, then the tables. */
export function liveView(out: NodeJS.WriteStream): View {
  const lines: string[] = [];
  let drawn = 0;
  const draw = (rows: string[]) => {
    if (drawn > 0) readline.moveCursor(out, 0, -drawn);
    readline.cursorTo(out, 0);
    readline.clearScreenDown(out);
    // A terminal that doesn't know its size says 0; more rows than it has would scroll away.
    const width = (out.columns || 80) - 1;
    const shown = rows.slice(0, (out.rows || 24) - 1);
    out.write(shown.map((row) => `${row.slice(0, width)}\n`).join(""));
    drawn = shown.length;
  };
  return {
    entry(entry) {
      if (entry.source !== "call") lines.push(formatEntry(entry));
    },
    async second(virtualSeconds, addressHistory) {
      const height = Math.max(5, (out.rows || 24) - addressHistory.records.length - 5);
      draw([
        `Virtual time ${virtualSeconds} s`,
        "",
        ...addressHistory.records.map(
          ({ address, pool }) =>
            `  ${address.padEnd(15)} ${pool.padEnd(12)} ${addressHistory.holderOf(address) ?? "-"}`,
        ),
        "",
        ...lines.slice(-Math.min(LAST_LINES, height)),
      ]);
      await sleep(FRAME_MS);
    },
    end(summary) {
      out.write(`\n${formatSummary(summary)}\n`);
    },
  };
}

/** One line for an entry of the journal. */
export function formatEntry({ atMs, source, text }: JournalEntry): string {
  return `${(atMs / 1000).toFixed(1).padStart(7)} s  ${source.padEnd(8)}  ${text}`;
}
