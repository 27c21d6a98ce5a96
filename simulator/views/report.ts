import Table from "cli-table3";
import type { JournalEntry } from "./journal";
import type { AddressRecord, AddressHistory } from "../checkers/addressHistory";
import type { Archive } from "../runtime/sandbox";

/** A figure that a scenario measured, and the most it is to be; to miss it is no fault of the run. */
export interface Target {
  what: string;
  wanted: number;
  found: number;
  /** As it stands behind the figures: `s`, `calls`. */
  unit: string;
  /** Whether it wasn't over when the run was. */
  isOpen?: boolean;
}

/** What a run comes to, for people as tables and for programs as it is. */
export interface Summary {
  scenario: string;
  seed: number;
  virtualSeconds: number;
  addresses: {
    address: string;
    macAddress: string;
    pool: string;
    holders: { instanceId: string; fromSeconds: number; toSeconds: number | null }[];
    /** Since the first holder; null for an address that never had one. */
    secondsWithoutHolder: number | null;
  }[];
  /** How often the manager called each action, and how often AWS refused. */
  calls: { action: string; count: number; refused: number }[];
  /** From `running` to `attached`, without the attachment's own time. */
  waitedSeconds: Spread;
  /** From when the address was free and its next holder running, to `attached`. */
  tookOverSeconds: Spread;
  archiveBytes: { file: string; bytes: number }[];
  faults: string[];
  /** Of a scenario that measures. */
  targets?: Target[];
}

interface Spread {
  median: number | null;
  longest: number | null;
}

/** Draws up what a run came to. */
export function summarise(
  run: Pick<Summary, "scenario" | "seed" | "virtualSeconds" | "faults" | "targets">,
  addressHistory: AddressHistory,
  entries: JournalEntry[],
  archive: Archive,
): Summary {
  return {
    ...run,
    addresses: addressHistory.records.map((record) => toAddress(record, addressHistory)),
    calls: countCalls(entries),
    waitedSeconds: spreadOf(addressHistory.waitedMs),
    tookOverSeconds: spreadOf(addressHistory.tookOverMs),
    archiveBytes: [...archive].map(([file, text]) => ({ file, bytes: Buffer.byteLength(text) })),
  };
}

function spreadOf(values: number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: toSeconds(sorted[Math.floor(sorted.length / 2)]),
    longest: toSeconds(sorted.at(-1)),
  };
}

function toAddress(
  record: AddressRecord,
  addressHistory: AddressHistory,
): Summary["addresses"][number] {
  const { address, macAddress, pool, holdingPeriods } = record;
  return {
    address,
    macAddress,
    pool,
    holders: holdingPeriods.map(({ instanceId, fromMs, toMs }) => ({
      instanceId,
      fromSeconds: fromMs / 1000,
      toSeconds: toSeconds(toMs),
    })),
    secondsWithoutHolder: toSeconds(addressHistory.gapMs(record)),
  };
}

function countCalls(entries: JournalEntry[]): Summary["calls"] {
  const counts = new Map<string, { count: number; refused: number }>();
  for (const { source, facts } of entries) {
    if (source !== "call") continue;
    const action = String(facts?.action);
    const { count, refused } = counts.get(action) ?? { count: 0, refused: 0 };
    const isRefused = facts?.code !== undefined;
    counts.set(action, { count: count + 1, refused: refused + (isRefused ? 1 : 0) });
  }
  return [...counts]
    .map(([action, count]) => ({ action, ...count }))
    .sort((a, b) => b.count - a.count);
}

function toSeconds(ms: number | undefined): number | null {
  return ms === undefined ? null : ms / 1000;
}

/** Writes a summary as tables. */
export function formatSummary(summary: Summary): string {
  return [
    formatAddresses(summary),
    formatCalls(summary),
    formatFigures(summary),
    ...(summary.targets === undefined ? [] : [summary.targets.map(formatTarget).join("\n")]),
    formatVerdict(summary),
  ].join("\n\n");
}

/** A table with lines around it and under its head, none between its rows. */
export function createTable(head: string[]): Table.Table {
  const none = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };
  return new Table({ head, chars: none, style: { head: [], border: [] } });
}

function formatAddresses({ addresses }: Summary): string {
  const head = ["Address", "MAC", "Pool", "Held by", "From", "To", "Without a holder"];
  const table = createTable(head);
  for (const { address, macAddress, pool, holders, secondsWithoutHolder } of addresses) {
    const gap = secondsWithoutHolder === null ? "" : formatSeconds(secondsWithoutHolder);
    table.push([
      address,
      macAddress,
      pool,
      holders.map(({ instanceId }) => instanceId).join("\n"),
      holders.map(({ fromSeconds }) => formatSeconds(fromSeconds)).join("\n"),
      holders.map(({ toSeconds: to }) => (to === null ? "now" : formatSeconds(to))).join("\n"),
      holders.length === 0 ? "spare" : gap,
    ]);
  }
  return table.toString();
}

function formatCalls({ calls, virtualSeconds }: Summary): string {
  const table = createTable(["Call to AWS", "Count", "Refused"]);
  for (const { action, count, refused } of calls) table.push([action, count, refused]);
  const total = calls.reduce((sum, { count }) => sum + count, 0);
  table.push([`all in ${formatSeconds(virtualSeconds)}`, total, ""]);
  return table.toString();
}

function formatFigures({ archiveBytes, waitedSeconds, tookOverSeconds }: Summary): string {
  const total = archiveBytes.reduce((sum, { bytes }) => sum + bytes, 0);
  const files = archiveBytes.map(({ file, bytes }) => `${file} ${formatKb(bytes)}`).join(", ");
  return [
    `From running to attached, without the attachment's own time: ${formatSpread(waitedSeconds)}`,
    `From free and awaited to attached again: ${formatSpread(tookOverSeconds)}`,
    `The manager's archive: ${formatKb(total)} (${files})`,
  ].join("\n");
}

function formatSpread({ median, longest }: Spread): string {
  if (median === null || longest === null) return "did not happen";
  return `median ${formatSeconds(median)}, longest ${formatSeconds(longest)}`;
}

function formatTarget({ what, wanted, found, unit, isOpen = false }: Target): string {
  const than = isOpen ? "more than " : "";
  const figure = `${than}${formatAmount(found, unit)}, at most ${formatAmount(wanted, unit)}`;
  if (found <= wanted) return `${what}: ${figure}: meets its target`;
  return `${what}: ${figure}: misses its target by ${than}${formatAmount(found - wanted, unit)}`;
}

function formatVerdict({ faults, scenario, seed }: Summary): string {
  if (faults.length > 0)
    return ["What went wrong:", ...faults.map((fault) => `- ${fault}`)].join("\n");
  return `No address was lost and no instance is without one (scenario ${scenario}, seed ${seed}).`;
}

function formatSeconds(seconds: number): string {
  return formatAmount(seconds, "s");
}

/** Writes seconds to the tenth, and of other figures no more digits than they have. */
export function formatAmount(amount: number, unit: string): string {
  const minimumFractionDigits = unit === "s" ? 1 : 0;
  const digits = { minimumFractionDigits, maximumFractionDigits: 1 };
  return `${amount.toLocaleString("en", { ...digits, useGrouping: unit !== "s" })} ${unit}`;
}

function formatKb(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} kB`;
}
