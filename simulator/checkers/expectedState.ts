import { type Deployment, resourcesOfType, variablesOf } from "../deploy/engine";
import type { Instance, NetworkInterface, Tags } from "../aws/ec2/ec2";
import type { LifecycleState } from "../aws/autoscaling/group";
import { cardLimits } from "../aws/ec2/instanceTypes";
import type { Region } from "../aws/region";

/** What the program told the manager of a pool, in the function's variable `POOL_SETTINGS`. */
interface PoolSettings {
  whenExhausted?: string;
  onDemand?: { subnetIds: Record<string, string> };
}

/** Who is in which pool and has what of it, as AWS truly has it. */
export class ExpectedState {
  private readonly settings: Record<string, PoolSettings>;

  constructor(private readonly region: Region) {
    this.settings = settingsIn(region.deployment);
  }

  poolOf({ tags }: NetworkInterface): string | undefined {
    return tags[this.region.tagKey];
  }

  /** The pools that the tag of an instance or a group names, in its order. */
  poolsOf({ tags }: { tags: Tags }): string[] {
    return poolsIn(tags[this.region.tagKey]);
  }

  isOnDemand(pool: string): boolean {
    return this.settings[pool]?.onDemand !== undefined;
  }

  /** Whether instances without an address of it may enter service. */
  hasStandbys(pool: string): boolean {
    return this.settings[pool]?.whenExhausted === "continue";
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

  /** Whether an instance that lacks an interface of the pool could be given one. */
  isOneToBeHad({ subnet }: Instance, pool: string): boolean {
    const { availabilityZone } = subnet;
    const onDemand = this.settings[pool]?.onDemand;
    if (onDemand !== undefined) return availabilityZone in onDemand.subnetIds;
    return [...this.region.ec2.interfaces.values()].some(
      (one) =>
        this.poolOf(one) === pool &&
        one.attachment === undefined &&
        one.subnet.availabilityZone === availabilityZone,
    );
  }

  /** Whether it takes another interface: what a person put there may fill an instance. */
  hasRoom({ id, type }: Instance): boolean {
    const limit = (cardLimits[type] ?? []).reduce((sum, ofCard) => sum + ofCard, 0);
    return this.region.ec2.interfacesOf(id).length < limit;
  }
}

function settingsIn(deployment: Deployment): Record<string, PoolSettings> {
  const [lambda] = resourcesOfType(deployment, "aws:lambda/function:Function");
  const variables = lambda === undefined ? {} : variablesOf(lambda);
  const { POOL_SETTINGS: text = "" } = variables;
  return text === "" ? {} : (JSON.parse(text) as Record<string, PoolSettings>);
}

/** The pools that a value of the pool tag names, each once and in its order; none where there is no tag. */
export function poolsIn(poolTag: string | undefined): string[] {
  const parts = poolTag?.split(",") ?? [];
  // A name without a comma is meant as it is written, were it a blank.
  if (parts.length < 2) return parts;
  const names = parts.map((part) => part.trim());
  return names.filter((name, index) => name !== "" && names.indexOf(name) === index);
}
