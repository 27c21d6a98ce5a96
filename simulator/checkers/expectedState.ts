import type { Deployment } from "../deploy/engine";
import type { Instance, NetworkInterface, Place, Tags } from "../aws/ec2/state";
import type { LifecycleState } from "../aws/autoscaling/group";
import { MADE_FOR_TAG_KEY, poolsIn } from "../../handler/names";
import { instanceTypes, interfaceLimitOf } from "../aws/ec2/instanceTypes";
import type { Region } from "../aws/region";

/** The component whose argument `pools` has what is configured for each of them. */
const MANAGER_TYPE = "network-interface-pool:index:NetworkInterfaceManager";

interface ManagerConfiguration {
  /** A name alone, or the whole value of a tag that names several, has no settings of its own. */
  pools?: (string | PoolConfiguration)[];
}

/** A pool as it is configured. */
interface PoolConfiguration {
  name: string;
  whenExhausted?: string;
  onDemand?: { subnetIds: string[] };
}

/**
 * Whether an instance that lacks an interface of a pool can be given one. Where EC2 refuses some for good, it
 * is to be had only after others were tried; where EC2 did so once, when they are tried again.
 */
export type Prospect = "none" | "clear" | "amongRefused" | "onceRefused";

/** Who is in which pool and has what of it, as AWS truly has it. */
export class ExpectedState {
  private readonly configurations: Map<string, PoolConfiguration>;
  /** Absent: a manager looks after all that there are. */
  private readonly configuredPools: Set<string> | undefined;

  constructor(private readonly region: Region) {
    const managers = managersIn(region.deployment);
    const pools = managers.flatMap((one) => one.pools ?? []);
    const own = pools.flatMap((pool) => (typeof pool === "string" ? [] : [pool]));
    this.configurations = new Map(own.map((pool) => [pool.name, pool]));
    const names = pools.flatMap((pool) => poolsIn(typeof pool === "string" ? pool : pool.name));
    const areNamed = managers.length > 0 && managers.every((one) => one.pools !== undefined);
    this.configuredPools = areNamed ? new Set(names) : undefined;
  }

  /** The pool of an interface; nobody's primary interface is of any, whatever its tags, nor is another stack's. */
  poolOf({ tags, attachment }: NetworkInterface): string | undefined {
    const pool = tags[this.region.tagKey];
    const isPrimary = attachment !== undefined && isAtPrimaryPlace(attachment);
    return pool !== undefined && !isPrimary && this.isConfigured(pool) ? pool : undefined;
  }

  /** The pools that the tag of an instance or a group names, in its order; none for another account's or stack's. */
  poolsOf({ tags, ownerId }: { tags: Tags; ownerId?: string }): string[] {
    const pools = poolsIn(tags[this.region.tagKey]);
    const isOurs = ownerId === undefined && pools.every((pool) => this.isConfigured(pool));
    return isOurs ? pools : [];
  }

  private isConfigured(pool: string): boolean {
    return this.configuredPools?.has(pool) !== false;
  }

  isOnDemand(pool: string): boolean {
    return this.configurations.get(pool)?.onDemand !== undefined;
  }

  /** Whether instances without an address of it may enter service. */
  hasStandbys(pool: string): boolean {
    return this.configurations.get(pool)?.whenExhausted === "continue";
  }

  private lifecycleStatesOf({ id }: Instance): LifecycleState[] {
    return [...this.region.autoScaling.groups.values()].flatMap(
      ({ members }) => members.get(id)?.lifecycleState ?? [],
    );
  }

  /** Kept running though it was to be terminated: it keeps what it has, and is to have nothing. */
  isRetained(instance: Instance): boolean {
    return this.lifecycleStatesOf(instance).includes("Terminating:Retained");
  }

  /** Running, of the pool, and neither leaving its group nor in its warm pool. */
  isHealthy(instance: Instance, pool: string | undefined): boolean {
    const isLeaving = this.lifecycleStatesOf(instance).some((state) =>
      /^(Terminating:(Wait|Proceed)|Warmed:)/.test(state),
    );
    const isOfPool = pool !== undefined && this.poolsOf(instance).includes(pool);
    return instance.state === "running" && isOfPool && !isLeaving;
  }

  /** Whether an instance keeps what it has of a pool: what was made for it, also while it is stopped. */
  isKept(instance: Instance, pool: string): boolean {
    const isPaused = instance.state === "stopping" || instance.state === "stopped";
    const isOfPool = this.poolsOf(instance).includes(pool);
    return this.isHealthy(instance, pool) || (isPaused && isOfPool && this.isOnDemand(pool));
  }

  interfacesOf({ id }: Instance, pool: string | undefined): NetworkInterface[] {
    return this.region.ec2.interfacesOf(id).filter((one) => this.poolOf(one) === pool);
  }

  attachedOf(instance: Instance, pool: string | undefined): NetworkInterface[] {
    return this.interfacesOf(instance, pool).filter(
      ({ attachment }) => attachment?.status === "attached",
    );
  }

  /** Whether an instance that lacks an interface of the pool could be given one, as AWS and its refusals are. */
  prospectOf(instance: Instance, pool: string): Prospect {
    const networkInterfaceIds = this.idsToBeHad(instance, pool);
    if (networkInterfaceIds.length === 0) return "none";
    const { faults } = this.region;
    if (!faults.mayStrike("placeRefused")) return "clear";
    const wanted = this.freePlacesOf(instance).flatMap((place) =>
      networkInterfaceIds.map((networkInterfaceId) => ({
        networkInterfaceId,
        instanceId: instance.id,
        ...place,
      })),
    );
    const possible = wanted.filter((one) => !faults.refuses(one));
    if (possible.length === 0) return "none";
    if (possible.length < wanted.length) return "amongRefused";
    return wanted.some((one) => faults.mayHaveRefused(one)) ? "onceRefused" : "clear";
  }

  /** Whether an instance may enter service without an address, since EC2 refuses for good all that there is. */
  goesOnWithout(instance: Instance, pool: string): boolean {
    const isAllRefused =
      this.idsToBeHad(instance, pool).length > 0 && this.prospectOf(instance, pool) === "none";
    return this.hasStandbys(pool) && isAllRefused;
  }

  /** Whether it takes another interface: what a person put there may fill an instance. */
  hasRoom({ id, type }: Instance): boolean {
    return this.region.ec2.interfacesOf(id).length < interfaceLimitOf(type);
  }

  /** The interfaces that an instance could be given; undefined stands for one that is still to be made. */
  private idsToBeHad(instance: Instance, pool: string): (string | undefined)[] {
    const { availabilityZone } = instance.subnet;
    const { deployment } = this.region;
    const onDemand = this.configurations.get(pool)?.onDemand;
    if (onDemand === undefined) {
      return this.freeOf(pool)
        .filter(({ subnet }) => subnet.availabilityZone === availabilityZone)
        .map(({ id }) => id);
    }
    const made = this.madeFor(instance, pool);
    if (made.length > 0) return made.map(({ id }) => id);
    const isPossible = deployment.subnets.some(
      (one) => onDemand.subnetIds.includes(one.id) && one.availabilityZone === availabilityZone,
    );
    return isPossible ? [undefined] : [];
  }

  private freeOf(pool: string): NetworkInterface[] {
    return [...this.region.ec2.interfaces.values()].filter(
      (one) => this.poolOf(one) === pool && one.attachment === undefined,
    );
  }

  /** The interfaces of a pool that were made for an instance and are on none. */
  madeFor({ id }: Instance, pool: string): NetworkInterface[] {
    return this.freeOf(pool).filter(({ tags }) => tags[MADE_FOR_TAG_KEY] === id);
  }

  private freePlacesOf({ id, type }: Instance): Place[] {
    const cards = instanceTypes[type]?.networkCards ?? [];
    const taken = this.region.ec2.interfacesOf(id).flatMap(({ attachment }) => attachment ?? []);
    return cards
      .filter(({ interfaceTypes }) => interfaceTypes.includes("interface"))
      .flatMap(({ networkCardIndex, maximumNetworkInterfaces: length }) =>
        Array.from({ length }, (_, deviceIndex) => ({ networkCardIndex, deviceIndex })),
      )
      .filter(
        (place) =>
          !taken.some(
            ({ networkCardIndex, deviceIndex }) =>
              networkCardIndex === place.networkCardIndex && deviceIndex === place.deviceIndex,
          ),
      );
  }
}

/** Index 0 of card 0 can't be detached, and comes and goes with its instance. */
export function isAtPrimaryPlace({ deviceIndex, networkCardIndex }: Place): boolean {
  return deviceIndex === 0 && networkCardIndex === 0;
}

function managersIn({ registrations }: Deployment): ManagerConfiguration[] {
  return registrations
    .filter(({ type }) => type === MANAGER_TYPE)
    .map(({ inputs }) => inputs as ManagerConfiguration);
}
