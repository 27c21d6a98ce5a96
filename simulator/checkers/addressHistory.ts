import type { Ec2 } from "../aws/ec2/ec2";
import type { NetworkInterface } from "../aws/ec2/state";
import type { Clock } from "../runtime/clock";
import { ExpectedState } from "./expectedState";
import type { Region } from "../aws/region";

/** One instance's time with one interface: from `attached` until it is off, or its holder stops working. */
export interface HoldingPeriod {
  instanceId: string;
  fromMs: number;
  toMs?: number;
}

/** The history of one interface of a pool. */
export interface AddressRecord {
  networkInterfaceId: string;
  address: string;
  macAddress: string;
  pool: string;
  holdingPeriods: HoldingPeriod[];
  /** Whether it was made during the run, for one instance; it may go with that. */
  isMade: boolean;
  /** When it was last off a holder. */
  freeSinceMs?: number;
}

/** Keeps who held which address and when, as seen from EC2's side; times are of the run. */
export class AddressHistory {
  readonly records: AddressRecord[];
  /** When instances began to run, by id. */
  readonly runningSinceMs = new Map<string, number>();
  /** From `running` to `attached`, without the attachment's own time; not of standbys, which run without. */
  readonly waitedMs: number[] = [];
  /** From when both the address was off its last holder and the next one was running, to `attached`. */
  readonly tookOverMs: number[] = [];
  private readonly startMs: number;

  constructor(
    private readonly ec2: Ec2,
    private readonly clock: Clock,
    private readonly tagKey: string,
    /** Whether instances without an address of a pool may enter service. */
    private readonly hasStandbys: (pool: string) => boolean = () => false,
  ) {
    this.startMs = clock.nowMs;
    this.records = [...ec2.interfaces.values()]
      .flatMap((networkInterface) => this.toRecord(networkInterface, false) ?? [])
      .sort((a, b) => a.address.localeCompare(b.address, "en", { numeric: true }));
    ec2.onChange((change) => {
      if (change.kind === "instance") {
        const { id, state } = change.instance;
        if (state === "running") this.runningSinceMs.set(id, this.nowMs);
        else if (state !== "pending")
          this.close((holdingPeriod) => holdingPeriod.instanceId === id);
        return;
      }
      const { networkInterface, instanceId } = change;
      const record = this.recordOf(networkInterface.id) ?? this.addMade(networkInterface);
      if (record === undefined) return;
      if (change.kind === "detached") {
        record.freeSinceMs = this.nowMs;
        this.close((_, owner) => owner === record);
      } else if (this.isRunning(instanceId)) this.open(record, networkInterface, instanceId);
    });
  }

  /** The history of all addresses of a Region. */
  static of(region: Region): AddressHistory {
    const { ec2, clock, tagKey } = region;
    const state = new ExpectedState(region);
    return new AddressHistory(ec2, clock, tagKey, (pool) => state.hasStandbys(pool));
  }

  private toRecord(one: NetworkInterface, isMade: boolean): AddressRecord | undefined {
    const { id, address, macAddress, tags } = one;
    const pool = tags[this.tagKey];
    if (pool === undefined) return undefined;
    return { networkInterfaceId: id, address, macAddress, pool, holdingPeriods: [], isMade };
  }

  private addMade(networkInterface: NetworkInterface): AddressRecord | undefined {
    const record = this.toRecord(networkInterface, true);
    if (record !== undefined) this.records.push(record);
    return record;
  }

  private get nowMs(): number {
    return this.clock.nowMs - this.startMs;
  }

  recordOf(networkInterfaceId: string): AddressRecord | undefined {
    return this.records.find((record) => record.networkInterfaceId === networkInterfaceId);
  }

  private isRunning(instanceId: string): boolean {
    return this.ec2.instances.get(instanceId)?.state === "running";
  }

  private open(record: AddressRecord, { attachment }: NetworkInterface, instanceId: string): void {
    const { nowMs } = this;
    record.holdingPeriods.push({ instanceId, fromMs: nowMs });
    const runningSinceMs = this.runningSinceMs.get(instanceId);
    if (runningSinceMs === undefined || attachment === undefined) return;
    if (!this.hasStandbys(record.pool)) {
      this.waitedMs.push(attachment.attachTimeMs - this.startMs - runningSinceMs);
    }
    const { freeSinceMs } = record;
    if (freeSinceMs !== undefined) {
      this.tookOverMs.push(nowMs - Math.max(freeSinceMs, runningSinceMs));
    }
  }

  private close(isOver: (holdingPeriod: HoldingPeriod, record: AddressRecord) => boolean): void {
    for (const record of this.records) {
      const last = record.holdingPeriods.at(-1);
      if (last === undefined || last.toMs !== undefined || !isOver(last, record)) continue;
      last.toMs = this.nowMs;
    }
  }

  /** The id of the instance that holds an address now. */
  holderOf(address: string): string | undefined {
    const record = this.records.find((one) => one.address === address);
    return record && holderIn(record);
  }

  /** The address that an instance holds now. */
  addressOf(instanceId: string): string | undefined {
    return this.records.find((record) => holderIn(record) === instanceId)?.address;
  }

  /** Milliseconds without a holder since the first one; undefined for what never had one, or was made for one. */
  gapMs({ holdingPeriods, isMade }: AddressRecord): number | undefined {
    const [first] = holdingPeriods;
    if (first === undefined || isMade) return undefined;
    const heldMs = holdingPeriods.reduce(
      (sum, { fromMs, toMs }) => sum + (toMs ?? this.nowMs) - fromMs,
      0,
    );
    return this.nowMs - first.fromMs - heldMs;
  }

  /** The addresses that were there from the beginning and are gone, or have become others. */
  findLost(): string[] {
    return this.records.flatMap(({ networkInterfaceId, address, macAddress, isMade }) => {
      const now = this.ec2.interfaces.get(networkInterfaceId);
      const isKept = now?.address === address && now.macAddress === macAddress;
      return isMade || isKept ? [] : [`address ${address} (${macAddress}) is lost`];
    });
  }
}

function holderIn({ holdingPeriods }: AddressRecord): string | undefined {
  const last = holdingPeriods.at(-1);
  return last?.toMs === undefined ? last?.instanceId : undefined;
}
