import type { Deployment } from "../deploy/engine";
import type { Instance, NetworkInterface, Tags } from "../aws/ec2/state";
import type { LifecycleState } from "../aws/autoscaling/group";
import { poolsIn } from "../../handler/names";
import { interfaceLimitOf } from "../aws/ec2/instanceTypes";
import type { Region } from "../aws/region";

/** The component whose argument `pools` has what is configured for each of them. */
const MANAGER_TYPE = "network-interface-pool:index:NetworkInterfaceManager";

/** A pool as it is configured. */
interface PoolConfiguration {
  name: string;
  whenExhausted?: string;
  onDemand?: { subnetIds: string[] };
}

/** Who is in which pool and has what of it, as AWS truly has it. */
export class ExpectedState {
  private readonly configurations: Map<string, PoolConfiguration>;

  constructor(private readonly region: Region) {
    const pools = configuredPools(region.deployment);
    this.configurations = new Map(pools.map((pool) => [pool.name, pool]));
  }

  poolOf({ tags }: NetworkInterface): string | undefined {
    return tags[this.region.tagKey];
  }

  /** The pools that the tag of an instance or a group names, in its order. */
  poolsOf({ tags }: { tags: Tags }): string[] {
    return poolsIn(tags[this.region.tagKey]);
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

  /** Whether an instance that lacks an interface of the pool could be given one. */
  isOneToBeHad({ subnet }: Instance, pool: string): boolean {
    const { availabilityZone } = subnet;
    const { deployment, ec2 } = this.region;
    const onDemand = this.configurations.get(pool)?.onDemand;
    if (onDemand !== undefined) {
      return deployment.subnets.some(
        (one) => onDemand.subnetIds.includes(one.id) && one.availabilityZone === availabilityZone,
      );
    }
    return [...ec2.interfaces.values()].some(
      (one) =>
        this.poolOf(one) === pool &&
        one.attachment === undefined &&
        one.subnet.availabilityZone === availabilityZone,
    );
  }

  /** Whether it takes another interface: what a person put there may fill an instance. */
  hasRoom({ id, type }: Instance): boolean {
    return this.region.ec2.interfacesOf(id).length < interfaceLimitOf(type);
  }
}

function configuredPools({ registrations }: Deployment): PoolConfiguration[] {
  const managers = registrations.filter(({ type }) => type === MANAGER_TYPE);
  return managers.flatMap(({ inputs }) => (inputs.pools ?? []) as PoolConfiguration[]);
}
