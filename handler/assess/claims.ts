import { type Backoff, type ClaimState, type DeviceSlot, retrySoonMs, type Status } from "../types";
import type { Basis } from "./basis";
import type { EligibleInstance } from "./eligibility";
import { FIRST_ATTACHING_RECHECK_MS, type InterfaceStatus, willBeToldOf } from "./interfaces";

/** The interfaces of one pool in one Availability Zone. */
export interface Zone {
  /** Ready to attach, the next one last: taking it moves none of the others. */
  free: InterfaceStatus[];
  /** On their way back, and so worth waiting for. */
  returning: InterfaceStatus[];
  interfaceCount: number;
  /** What everybody is told who waits for one that comes back. */
  wait?: Answer;
}

/** How an instance stands with one of its pools. */
export type ClaimStatus = Status<ClaimState> & { instanceId: string };

/** What a claim comes to; the reason goes on after "has no address:". */
export type Answer = Pick<ClaimStatus, "state" | "reason" | "action" | "recheckMs">;

/** What claims are answered with. */
export interface Supply extends Basis {
  /** By {@link zoneKey}. */
  zones: Map<string, Zone>;
  /** Interfaces that were made for a claim, by {@link claimKey}. */
  reserved: Map<string, InterfaceStatus[]>;
  /** What instances have, or are getting, by {@link claimKey}. */
  holdings: Map<string, InterfaceStatus[]>;
  /** What is coming off instances, by their id. */
  leaving: Map<string, InterfaceStatus[]>;
}

/** An instance that lacks an interface of one of its pools. */
export interface Claim {
  instance: EligibleInstance;
  pool: string;
  /** Where the interface is to go: slots are given in the order of the tag, whoever comes first. */
  slot: DeviceSlot;
}

/** What EC2 refused: only a person mends it if nothing of it is worth another try. */
export function refusedBy(refusals: Backoff[]): Answer {
  const reason = [...new Set(refusals.map((refusal) => refusal.reason))].join("; ");
  const passing = refusals.filter(({ permanent }) => !permanent);
  if (passing.length === 0) return { state: "blocked", reason };
  return { state: "refused", reason, recheckMs: retrySoonMs(passing) };
}

/** Attaches an interface, which from now on is nobody else's. */
export function attachTo({ instance, slot }: Claim, status: InterfaceStatus, basis: Basis): Answer {
  const { instanceId } = instance;
  const { pool, networkInterfaceId, networkInterface } = status;
  const subject = { pool, networkInterfaceId, address: networkInterface.address, instanceId };
  Object.assign(status, { state: "attaching", reason: "", instanceId });
  return {
    state: "attaching",
    reason: "",
    action: { kind: "attach", ...subject, ...slot, because: "instanceWaits" },
    recheckMs: willBeToldOf(instanceId, basis) ? undefined : FIRST_ATTACHING_RECHECK_MS,
  };
}

/** A zone's name has no slash, so a pool's name can't forge another key. */
export function zoneKey(pool: string, availabilityZone: string): string {
  return `${availabilityZone}/${pool}`;
}
