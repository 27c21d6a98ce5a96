import { type Deployment } from "./deployment";
import type { Instance, NetworkInterface, Tags } from "./ec2";
import { type Fault, Faults } from "./faults";
import type { JournalEntry } from "./journal";
import { type Deed, healGroups, lifeDeeds } from "./lifeDeeds";
import { poolsIn } from "./poolState";
import { Promises } from "./promises";
import { Random } from "./random";
import { Region } from "./region";
import { isParked } from "./warmPool";

/** Between two deeds, in milliseconds. */
const STEP_MS = [500, 25_000] as const;
/** A shorter history is the beginning of one with so many deeds: the faults are drawn for that. */
const LEAST_STEPS_OF_FAULTS = 50;

/** Whoever was sent on standby is there by then. */
const UNDER_WAY_SECONDS = 3;
/** A batch that was lost with its process keeps the queue's group blocked for its visibility time-out. */
const BLOCKED_SECONDS = 60;
/** What faults left under way has landed by then: the latest event, the slowest attachment. */
const SETTLE_SECONDS = 365;
/** One interval of the schedule, a forced detach, and the attachment's own time. */
const RECOVERY_SECONDS = 600;
/** Two rounds of the schedule without a call that changes anything. */
const QUIET_SECONDS = 130;

const MAX_STRAYS = 2;

export interface HistoryOptions {
  seed: number;
  /** How many deeds. */
  steps: number;
  /** By which clients the function calls AWS. */
  clients?: "bundle" | "direct";
  /** Is told everything that happens. */
  listener?: (entry: JournalEntry) => void;
  /** These faults; absent: drawn from the seed. */
  only?: Fault[];
}

/** What became of a history: what was broken, in words, and what it was made of. */
export interface Outcome {
  broken: string[];
  faults: string[];
  /** The faults by name, as {@link HistoryOptions.only} takes them. */
  kinds: Fault[];
}

/** Plays random deeds of people, groups and machines under random faults, then lets all heal. */
export async function playHistory(
  deployment: Deployment,
  { seed, steps, clients = "direct", listener, only }: HistoryOptions,
): Promise<Outcome> {
  const spanMs = (Math.max(steps, LEAST_STEPS_OF_FAULTS) * (STEP_MS[0] + STEP_MS[1])) / 2;
  const region = await Region.open(deployment, {
    seed,
    clients,
    listener,
    faults: (clock) => Faults.draw(seed, clock, spanMs, only),
  });
  try {
    const promises = new Promises(region);
    const history = new History(region, new Random(seed ^ 0x5eed));
    for (let step = 0; step < steps; step += 1) await history.step();
    region.faults.heal();
    await region.run(UNDER_WAY_SECONDS);
    history.heal();
    await region.run(BLOCKED_SECONDS);
    region.onSecond(() => {
      promises.sample();
      return Promise.resolve();
    });
    await region.run(SETTLE_SECONDS);
    const isWhole = () => history.isAtRest() && promises.openEnds().length === 0;
    if (!(await region.run(RECOVERY_SECONDS, isWhole))) {
      const open = [...promises.openEnds().map(({ text }) => text), ...history.unrest()];
      promises.broken.push(...open.map((end) => `not recovered: ${end}`));
    }
    const from = region.journal.entries.length;
    await region.run(QUIET_SECONDS);
    const thrash = region.journal.entries
      .slice(from)
      .filter(({ source, facts }) => source === "call" && facts?.mutates === true);
    promises.broken.push(...thrash.map(({ text }) => `no rest: ${text}`));
    return outcomeOf(region, promises.broken);
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return outcomeOf(region, [`it can't be played: ${what}`]);
  } finally {
    await region.close();
  }
}

function outcomeOf({ faults }: Region, broken: string[]): Outcome {
  const kinds = faults.periods.map(({ fault }) => fault);
  return { broken, faults: faults.describe(), kinds };
}

/** The deeds of one history. */
class History {
  private readonly strays: Instance[] = [];
  private readonly untagged = new Map<Instance | NetworkInterface, Tags>();

  constructor(
    private readonly region: Region,
    private readonly random: Random,
  ) {}

  /** One deed of those that are possible, and some time. */
  async step(): Promise<void> {
    const deeds = Object.entries(this.repertoire);
    while (deeds.length > 0) {
      const [[name, deed] = ["", () => undefined]] = deeds.splice(this.drawIndex(deeds), 1);
      const subject = deed();
      if (subject === undefined) continue;
      this.region.journal.write("operator", `${name}: ${subject}`);
      break;
    }
    await this.region.run(this.random.between(STEP_MS) / 1000);
  }

  /** Undoes what people did against the groups: standby, tags taken away, machines that take their addresses. */
  heal(): void {
    healGroups(this.region);
    for (const { id, state } of this.strays) {
      if (state !== "terminated") this.region.ec2.terminateInstance(id);
    }
    for (const [resource, tags] of this.untagged) this.region.ec2.setTags(resource, tags);
    this.untagged.clear();
  }

  /** Whether groups and machines have done all that they do by themselves. */
  isAtRest(): boolean {
    return this.unrest().length === 0;
  }

  unrest(): string[] {
    const { ec2, autoScaling } = this.region;
    const moving = [...ec2.instances.values()].filter(
      ({ state }) => state !== "running" && state !== "stopped" && state !== "terminated",
    );
    const groups = [...autoScaling.groups.values()].filter(({ members, desiredCapacity }) => {
      const states = [...members.values()]
        .filter((member) => !isParked(member))
        .map(({ lifecycleState }) => lifecycleState);
      const inService = states.filter((state) => state === "InService").length;
      return inService !== desiredCapacity || states.length !== inService;
    });
    return [
      ...moving.map(({ id, state }) => `${id} is ${state}`),
      ...groups.map(({ name, members, desiredCapacity }) => {
        const states = [...members.values()].map(({ lifecycleState }) => lifecycleState);
        return `${name} wants ${desiredCapacity} and has ${states.join(", ")}`;
      }),
    ];
  }

  private draw<Item>(items: Item[]): Item | undefined {
    return items[this.drawIndex(items)];
  }

  private drawIndex({ length }: unknown[]): number {
    return this.random.between([0, Math.max(0, length - 1)]);
  }

  private group() {
    return this.draw([...this.region.autoScaling.groups.values()]);
  }

  private instance(state: Instance["state"]): Instance | undefined {
    const { tagKey, ec2 } = this.region;
    const ofPools = [...ec2.instances.values()].filter(({ tags }) => tagKey in tags);
    return this.draw(ofPools.filter((one) => one.state === state));
  }

  private readonly repertoire: Record<string, Deed> = {
    scale: () => {
      const group = this.group();
      if (group === undefined) return undefined;
      const size = this.random.between([group.minSize, group.maxSize]);
      this.region.autoScaling.setDesiredCapacity(group.name, size);
      return `${group.name} to ${size}`;
    },
    "scale out": () => {
      const group = this.group();
      if (group === undefined) return undefined;
      this.region.autoScaling.setDesiredCapacity(group.name, group.maxSize);
      return `${group.name} to ${group.maxSize}`;
    },
    kill: () =>
      this.with("running", ({ id }) => {
        this.region.ec2.terminateInstance(id);
      }),
    stop: () => {
      const instance = this.instance("running");
      // A group waits for what it warms up to run, and nobody stops that by hand.
      if (instance === undefined || this.isWarming(instance)) return undefined;
      this.region.ec2.stopInstance(instance.id);
      return instance.id;
    },
    start: () =>
      this.with("stopped", ({ id }) => {
        this.region.ec2.startInstance(id);
      }),
    replace: () => {
      const member = this.draw([...(this.group()?.members.values() ?? [])]);
      if (member?.lifecycleState !== "InService") return undefined;
      this.region.autoScaling.replaceInstance(member.instance.id);
      return member.instance.id;
    },
    "launch by hand": () => {
      const [sample] = this.region.ec2.instances.values();
      const pool = this.draw(this.pools());
      if (sample === undefined || pool === undefined || this.strays.length >= MAX_STRAYS) return;
      const tags = { [this.region.tagKey]: pool };
      const stray = this.region.ec2.runInstance(sample.type, sample.subnet, tags);
      this.strays.push(stray);
      return `${stray.id} for ${pool}`;
    },
    "take the tag from": () =>
      this.with("running", (instance) => {
        this.takeTag(instance);
      }),
    "take the tag from the address": () => {
      const networkInterface = this.draw(this.interfaces());
      if (networkInterface !== undefined) this.takeTag(networkInterface);
      return networkInterface?.address;
    },
    "give the tag back to": () => {
      const [found] = this.untagged;
      if (found === undefined) return undefined;
      const [resource, tags] = found;
      this.untagged.delete(resource);
      this.region.ec2.setTags(resource, tags);
      return resource.id;
    },
    "detach by hand": () => {
      const attachment = this.draw(this.interfaces().flatMap((one) => one.attachment ?? []));
      if (attachment?.status !== "attached") return undefined;
      this.region.ec2.detachNetworkInterface(attachment.id, false);
      return `from ${attachment.instanceId}`;
    },
    "attach by hand": () => {
      const instance = this.instance("running");
      const free = this.draw(
        this.interfaces().filter(
          (one) =>
            one.attachment === undefined &&
            this.region.ec2.isReady(one) &&
            one.subnet.availabilityZone === instance?.subnet.availabilityZone,
        ),
      );
      const index = instance && this.region.ec2.interfacesOf(instance.id).length;
      if (free === undefined || instance === undefined || index !== 1) return undefined;
      this.region.ec2.attachNetworkInterface(free.id, instance.id, index, 0);
      return `${free.address} to ${instance.id}`;
    },
    delete: () => {
      const free = this.draw(
        this.interfaces().filter(({ attachment }) => attachment === undefined),
      );
      if (free === undefined || !this.isSpare(free)) return undefined;
      this.region.ec2.deleteNetworkInterface(free.id);
      return free.address;
    },
    ...lifeDeeds(this.region, this.random, {
      isFull: () => this.strays.length >= MAX_STRAYS,
      add: (instance) => this.strays.push(instance),
    }),
  };

  /** Does something to an instance of a pool, if there is one in this state. */
  private with(
    state: Instance["state"],
    deed: (instance: Instance) => unknown,
  ): string | undefined {
    const instance = this.instance(state);
    if (instance !== undefined) deed(instance);
    return instance?.id;
  }

  private isWarming({ id }: Instance): boolean {
    return [...this.region.autoScaling.groups.values()].some(({ members }) =>
      members.get(id)?.lifecycleState.startsWith("Warmed:Pending"),
    );
  }

  private takeTag(resource: Instance | NetworkInterface): void {
    const others = Object.entries(resource.tags).filter(([key]) => key !== this.region.tagKey);
    this.untagged.set(resource, resource.tags);
    this.region.ec2.setTags(resource, Object.fromEntries(others));
  }

  private interfaces(): NetworkInterface[] {
    return [...this.region.ec2.interfaces.values()].filter(
      ({ tags }) => this.region.tagKey in tags,
    );
  }

  /** Whether the groups of its pool can do without it. */
  private isSpare({ tags }: NetworkInterface): boolean {
    const { tagKey, autoScaling } = this.region;
    const pool = tags[tagKey] ?? "";
    const groups = [...autoScaling.groups.values()].filter((group) =>
      poolsIn(group.tags[tagKey]).includes(pool),
    );
    const needed = groups.reduce((sum, { maxSize }) => sum + maxSize, 0);
    return this.interfaces().filter((one) => one.tags[tagKey] === pool).length > needed;
  }

  private pools(): string[] {
    return [...new Set(this.interfaces().flatMap(({ tags }) => tags[this.region.tagKey] ?? []))];
  }
}
