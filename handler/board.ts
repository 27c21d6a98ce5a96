import type { Deferral, DevicePlace, Holding, Instance, Plan, PoolInterface } from "./model";

/** The interfaces of one pool in one Availability Zone. */
export interface Zone {
  /** Ready to attach, the next one last: taking it moves none of the others. */
  free: PoolInterface[];
  /** On their way back, and so worth waiting for. */
  returning: PoolInterface[];
  interfaceCount: number;
}

/** An instance that is to hold an interface of each of these pools. */
export interface EligibleInstance extends Instance {
  pools: string[];
}

/** What one instance lacks of one pool. */
export interface Claim {
  instance: EligibleInstance;
  pool: string;
  /** Where the interface is to go: places are given in the order of the tag, whoever comes first. */
  place: Omit<DevicePlace, "networkInterfaceId">;
  /** The beginning of a reason. */
  noAddress: string;
}

/** An interface made for an instance that it isn't on, and why it can't be attached now, if so. */
export interface Kept {
  networkInterface: PoolInterface;
  notReady?: Deferral;
}

/** What the steps of one plan tell each other. */
export interface Board {
  plan: Plan;
  /** By {@link zoneKey}. */
  zones: Map<string, Zone>;
  /** What an instance has of one of its pools, by `claimSubject`. */
  holdings: Map<string, Holding[]>;
  /** Interfaces made on demand that are still to be attached to their instance, by `claimSubject`. */
  kept: Map<string, Kept[]>;
  /** Interfaces made on demand for an instance that doesn't want them. */
  unused: PoolInterface[];
  /** Instances that hold a fixed interface, or still have to give one back. */
  occupied: Set<string>;
}

export function createBoard(): Board {
  return {
    plan: { actions: [], waits: [], problems: [] },
    zones: new Map(),
    holdings: new Map(),
    kept: new Map(),
    unused: [],
    occupied: new Set(),
  };
}

/** A zone's name has no slash, so a pool's name can't forge another key. */
export function zoneKey(pool: string, availabilityZone: string): string {
  return `${availabilityZone}/${pool}`;
}

export function byLaunchTime(a: Instance, b: Instance): number {
  return compareText(a.launchTime, b.launchTime) || compareText(a.instanceId, b.instanceId);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What is no IPv4 address comes last. */
function addressNumber(address: string): number {
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return Number.isNaN(number) ? Number.MAX_VALUE : number;
}

export function inAddressOrder(interfaces: PoolInterface[]): PoolInterface[] {
  return interfaces
    .map((networkInterface) => ({
      networkInterface,
      number: addressNumber(networkInterface.address),
    }))
    .sort(
      (a, b) =>
        a.number - b.number ||
        compareText(a.networkInterface.networkInterfaceId, b.networkInterface.networkInterfaceId),
    )
    .map(({ networkInterface }) => networkInterface);
}
