import type { Instance, NetworkInterface, Tags } from "../aws/ec2/ec2";
import { type Operation, healGroups, groupOperations } from "./groupOperations";
import { poolsIn } from "../../handler/names";
import type { Random } from "../runtime/random";
import type { Region } from "../aws/region";

/** Instances outside of any group at a time. */
const MAX_STRAYS = 2;

/** The operations of one history: what people, groups and machines do, by chance. */
export class Operations {
  private readonly strays: Instance[] = [];
  private readonly untagged = new Map<Instance | NetworkInterface, Tags>();

  constructor(
    private readonly region: Region,
    readonly random: Random,
  ) {}

  /** Does one thing of those that are possible. */
  doOne(): void {
    const operations = Object.entries(this.repertoire);
    while (operations.length > 0) {
      const [[name, operation] = ["", () => undefined]] = operations.splice(
        this.drawIndex(operations),
        1,
      );
      const subject = operation();
      if (subject === undefined) continue;
      this.region.journal.write("operator", `${name}: ${subject}`);
      return;
    }
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

  private readonly repertoire: Record<string, Operation> = {
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
    ...groupOperations(this.region, this.random, {
      isFull: () => this.strays.length >= MAX_STRAYS,
      add: (instance) => this.strays.push(instance),
    }),
  };

  /** Does something to an instance of a pool, if there is one in this state. */
  private with(
    state: Instance["state"],
    operation: (instance: Instance) => unknown,
  ): string | undefined {
    const instance = this.instance(state);
    if (instance !== undefined) operation(instance);
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
