import type { Clock } from "./runtime/clock";
import { Random, type RangeMs } from "./runtime/random";
import { Refusals, type WantedAttachment } from "./refusals";

/** What can go wrong, and how often it does while it may: a share of the occasions. */
const FAULTS = {
  /** An event never reaches its queue. */
  eventLost: [0.1, 1],
  /** An event reaches it minutes late, and so out of order. */
  eventLate: [0.1, 0.6],
  /** EventBridge delivers an event again; the queue drops what comes within five minutes. */
  eventDoubled: [0.1, 0.6],
  /** A batch that was worked off comes back. */
  eventRedelivered: [0.1, 0.5],
  /** A change of a resource shows in reads only later, each resource by itself. */
  readStale: [0.2, 1],
  /** Reads come in small pages, in another order each time. */
  pagesShift: [0.3, 1],
  /** AWS answers with an error of its own and does nothing. */
  callFails: [0.05, 0.4],
  /** AWS does it, but says it failed. */
  callLies: [0.05, 0.4],
  /** AWS does it, but the answer never comes. */
  answerLost: [0.05, 0.3],
  /** AWS does it a minute after the caller has given up. */
  callLate: [0.05, 0.2],
  /** Others use up the account's calls. */
  throttled: [0.1, 0.6],
  attachSlow: [0.2, 1],
  /** Termination releases an interface only after a minute or two. */
  releaseSlow: [0.2, 1],
  /** A detach gets nowhere, unless by force. */
  detachStuck: [0.1, 0.5],
  /** Termination doesn't release an interface. */
  releaseFails: [0.2, 1],
  /** An instance has no tags when it starts. */
  tagsLate: [0.2, 1],
  /** A terminated instance is out of all reads within seconds instead of an hour. */
  instanceVanishes: [0.3, 1],
  /** The function's process ends at a call, before or after it is done. */
  functionKilled: [0.02, 0.2],
  /** Its process stands still at a call, perhaps beyond its time-out while the next one works. */
  functionFrozen: [0.02, 0.2],
  /** The role has none of its rights for a time. */
  rightsTaken: [1, 1],
  /** A group can't launch, for lack of addresses in its subnet. */
  launchFails: [0.2, 1],
  /** No interface can be made, for lack of addresses in its subnet. */
  subnetFull: [0.3, 1],
  /** The function's clock is minutes ahead of AWS's, or behind; for the whole run. */
  clockSkewed: [1, 1],
  /** A second manager works on the same pools, uncoordinated; for the whole run. */
  secondManager: [1, 1],
  /** An attachment stays in `attaching` until it is detached by force. */
  attachStuck: [0.3, 1],
  /** Other functions use up the account's concurrency, so that Lambda throttles this one. */
  noConcurrency: [0.7, 1],
  /** AWS does it, but nothing of the answer comes after its headers. */
  bodyStalls: [0.05, 0.3],
  /** AWS does it, but the answer is a web page, or empty, with HTTP's status 200. */
  answerIsNoXml: [0.05, 0.3],
  /** AWS does it, but the answer ends in the middle. */
  answerCutOff: [0.05, 0.3],
  /** EC2 refuses to attach some interfaces, to some instances or at some places, until all is healed. */
  placeRefused: [0.1, 0.4],
  /** Reads of one kind show nothing of what there is, for seconds to a minute. */
  emptyReads: [0.05, 0.5],
} as const;

export type Fault = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as Fault[];

/** How much longer something takes that is late; drawn anew each time. */
const LATE_MS: Partial<Record<Fault, RangeMs>> = {
  eventLate: [5_000, 180_000],
  eventDoubled: [100, 360_000],
  readStale: [1_000, 30_000],
  callLate: [20_000, 90_000],
  attachSlow: [5_000, 180_000],
  releaseSlow: [30_000, 60_000],
  tagsLate: [1_000, 40_000],
  instanceVanishes: [1_000, 20_000],
  functionFrozen: [1_000, 90_000],
};

/** For how long reads show nothing, and for how long at least they show what there is in between. */
const EMPTY_MS: RangeMs = [2_000, 60_000];
const SHOWN_MS = 30_000;

/** The reads of which those of one run may show nothing. */
const EMPTIED_READS = [
  "DescribeInstances",
  "DescribeNetworkInterfaces",
  "DescribeAutoScalingGroups",
] as const;

type EmptiedRead = (typeof EMPTIED_READS)[number];

/** What AWS doesn't document, with the likelier answers; a seed draws by the order. */
const LIKELY = {
  /** Whether EC2 attaches to an instance that is starting, to one that is stopping, to one that is shutting down. */
  attachesWhilePending: false,
  attachesWhileStopping: false,
  attachesWhileShuttingDown: false,
  /** Whether an interface stays on an instance that stops. */
  staysOnStopped: true,
  /** Whether detaching what is off already is refused for lack of tags, rather than not found. */
  refusesWhatIsOff: true,
  /** Whether the token of an interface that has been deleted still gives that one, rather than a new one. */
  tokenOutlivesInterface: true,
  /** Whether what a refresh must leave in service, or may add, is rounded up rather than down. */
  refreshRoundsUp: true,
  /** Whether the tags that something is made with count as a change of tags, of which an event tells. */
  tellsOfTagsAtLaunch: false,
};

/** A run has one answer to each, and the manager must bear either. */
export type Undocumented = typeof LIKELY;

/** Tell the draws of these answers, and of what some faults do, from those of the faults. */
const UNDOCUMENTED_SEED = 0x0dd5;
const MANNER_SEED = 0xbad;

const SHARE_OF_FAULTS_ON = 0.3;
const SHORTEST_MS = 20_000;
const LONGEST_MS = 600_000;

/** A generator's first numbers are alike for all seeds: the first fault would be drawn for none of them. */
const SKIPPED_DRAWS = 8;

function generatorOf(seed: number): Random {
  const random = new Random(seed);
  for (let skipped = 0; skipped < SKIPPED_DRAWS; skipped += 1) random.float();
  return random;
}

/** Drawn per run, not per occasion. */
const MAX_SKEW_MS = 240_000;

interface Period {
  fault: Fault;
  share: number;
  fromMs: number;
  toMs: number;
}

/**
 * Breaks AWS's promises. Which faults, how often and when is drawn from a seed of their own, so that a run
 * without faults draws as if there were none to draw.
 */
export class Faults {
  /** The faults of this run. */
  readonly periods: Period[];
  /** By how much the function's clock is ahead of AWS's. */
  readonly skewMs: number;
  undocumented = LIKELY;
  refusals: Refusals;
  emptiedRead: EmptiedRead;
  /** When reads last began to show nothing, and until when. */
  emptyFor = { fromMs: -Infinity, toMs: -Infinity };
  private hasShown = true;
  /** The faults that go on when others are healed; absent: all do. */
  private lasting: Fault[] | undefined;
  private readonly startMs: number;

  private constructor(
    private readonly random: Random,
    private readonly clock: Clock,
    { seed, spanMs, only }: { seed: number; spanMs: number; only?: Fault[] },
  ) {
    this.startMs = clock.nowMs;
    const manner = generatorOf(seed ^ MANNER_SEED);
    this.refusals = new Refusals(seed, manner);
    this.emptiedRead =
      EMPTIED_READS[manner.between([0, EMPTIED_READS.length - 1])] ?? EMPTIED_READS[0];
    const chosen =
      only === undefined
        ? FAULT_NAMES.filter(() => random.float() < SHARE_OF_FAULTS_ON)
        : FAULT_NAMES.filter((name) => only.includes(name));
    this.periods = chosen.map((fault) => this.drawPeriod(fault, spanMs));
    const isSkewed = this.mayStrike("clockSkewed");
    this.skewMs = isSkewed ? random.between([-MAX_SKEW_MS, MAX_SKEW_MS]) : 0;
  }

  /**
   * @param spanMs how long the run has faults
   * @param only these faults; absent: drawn
   */
  static draw(seed: number, clock: Clock, spanMs: number, only?: Fault[]): Faults {
    const faults = new Faults(generatorOf(seed), clock, { seed, spanMs, only });
    const answers = generatorOf(seed ^ UNDOCUMENTED_SEED);
    const drawn = Object.keys(LIKELY).map((name) => [name, answers.coin()]);
    faults.undocumented = Object.fromEntries(drawn) as Undocumented;
    return faults;
  }

  /** A Region in which all is well. */
  static none(clock: Clock): Faults {
    return new Faults(new Random(0), clock, { seed: 0, spanMs: 0, only: [] });
  }

  private drawPeriod(fault: Fault, spanMs: number): Period {
    const { random, clock } = this;
    const [least, most] = FAULTS[fault];
    const fromMs = clock.nowMs + random.between([0, Math.floor(spanMs / 2)]);
    const lengthMs = random.between([SHORTEST_MS, LONGEST_MS]);
    return {
      fault,
      share: least + random.float() * (most - least),
      fromMs,
      toMs: fault === "placeRefused" ? Infinity : Math.min(fromMs + lengthMs, clock.nowMs + spanMs),
    };
  }

  /** Whether it may go wrong in this run. */
  mayStrike(fault: Fault): boolean {
    return this.periods.some((period) => period.fault === fault);
  }

  /** Whether it may have gone wrong in the last so many milliseconds. */
  mayHaveStruck(fault: Fault, withinMs: number): boolean {
    const { nowMs } = this.clock;
    return this.periods.some(
      (period) =>
        period.fault === fault && period.fromMs <= nowMs && period.toMs > nowMs - withinMs,
    );
  }

  /** Whether it goes wrong this time. */
  strikes(fault: Fault): boolean {
    const period = this.periodNow(fault);
    return period !== undefined && this.random.float() < period.share;
  }

  private periodNow(fault: Fault): Period | undefined {
    const { nowMs } = this.clock;
    if (this.lasting?.includes(fault) === false) return undefined;
    return this.periods.find(
      (one) => one.fault === fault && nowMs >= one.fromMs && nowMs < one.toMs,
    );
  }

  /** Whether EC2 refuses an attachment now, whoever asks and however often. */
  refuses(wanted: WantedAttachment): boolean {
    const period = this.periodNow("placeRefused");
    return period !== undefined && this.refusals.concern(wanted, period.share);
  }

  /** Whether EC2 may have refused an attachment up to now, and a manager may remember it. */
  mayHaveRefused(wanted: WantedAttachment): boolean {
    const { nowMs } = this.clock;
    return this.periods.some(
      ({ fault, fromMs, share }) =>
        fault === "placeRefused" && fromMs <= nowMs && this.refusals.concern(wanted, share),
    );
  }

  /** Whether a read, from its first page on, shows nothing of what there is. */
  empties(action: string): boolean {
    const { nowMs } = this.clock;
    if (action !== this.emptiedRead) return false;
    const isOn = nowMs < this.emptyFor.toMs && this.periodNow("emptyReads") !== undefined;
    const begins = nowMs >= this.emptyFor.toMs + SHOWN_MS && this.strikes("emptyReads");
    if (begins) {
      // Where nobody read in between, it has been so all the time.
      const fromMs = this.hasShown ? nowMs : this.emptyFor.fromMs;
      this.emptyFor = { fromMs, toMs: nowMs + this.random.between(EMPTY_MS) };
    }
    this.hasShown = !isOn && !begins;
    return !this.hasShown;
  }

  /** How much later this time; nothing if it doesn't go wrong. */
  delayMs(fault: Fault): number {
    const range = LATE_MS[fault];
    return range !== undefined && this.strikes(fault) ? this.random.between(range) : 0;
  }

  /** A choice of which neither is a fault. */
  coin(): boolean {
    return this.random.coin();
  }

  /** A list in another order. */
  shuffle<Item>(items: Item[]): Item[] {
    const drawn = items.map((item) => ({ item, place: this.random.float() }));
    return drawn.sort((a, b) => a.place - b.place).map(({ item }) => item);
  }

  /** The faults of this run in words, each with its share and its time, and what AWS is like in it. */
  describe(): string[] {
    const faults = this.periods.map(({ fault, share, fromMs, toMs }) => {
      const [from, to] = [fromMs, toMs].map((ms) => ((ms - this.startMs) / 1000).toFixed(0));
      const times = toMs === Infinity ? `from ${from} s on` : `from ${from} to ${to} s`;
      const manner = { placeRefused: String(this.refusals), emptyReads: this.emptiedRead };
      const how = fault in manner ? `: ${manner[fault as keyof typeof manner]}` : "";
      return `${fault} ${(share * 100).toFixed(0)} % ${times}${how}`;
    });
    const answers = Object.entries(this.undocumented).flatMap(([name, answer]) =>
      answer === LIKELY[name as keyof Undocumented] ? [] : [`${name}: ${answer}`],
    );
    return [...faults, ...answers];
  }

  /** Ends all faults but these. What is under way still ends as it was drawn. */
  heal(...lasting: Fault[]): void {
    this.lasting = lasting;
  }
}
