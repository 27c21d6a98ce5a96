import type { Random } from "./runtime/random";

/** What EC2 may refuse: an interface on whatever instance, an instance whatever it is given, or a device index of it. */
const SUBJECTS = ["networkInterface", "instance", "place"] as const;

/**
 * Codes that mean what they say for good, though some look general; the last one is in no list. The text of
 * `InvalidParameterValue` is none that EC2 has for what is in use.
 */
const REFUSALS = [
  ["InvalidParameterValue", "Value () for parameter networkInterfaceId is invalid."],
  ["Unsupported", "The requested configuration is currently not supported."],
  ["UnsupportedOperation", "The operation is not supported for this resource."],
  ["PrivateIpAddressLimitExceeded", "Number of private addresses exceeds the limit."],
  ["OperationNotPermitted", "You are not allowed to perform this operation."],
  ["SomethingNew", "Something new has come up."],
] as const;

/** An attachment that is asked for, by ids. */
export interface WantedAttachment {
  /** Absent: of an interface that is still to be made. */
  networkInterfaceId?: string;
  instanceId: string;
  networkCardIndex: number;
  deviceIndex: number;
}

/** What EC2 refuses to attach in one run, and in which words: the same of the same, however often it is asked. */
export class Refusals {
  readonly code: string;
  readonly message: string;
  private readonly of: (typeof SUBJECTS)[number];

  constructor(
    private readonly seed: number,
    random: Random,
  ) {
    this.of = SUBJECTS[random.between([0, SUBJECTS.length - 1])] ?? "instance";
    const drawn = REFUSALS[random.between([0, REFUSALS.length - 1])] ?? REFUSALS[0];
    [this.code, this.message] = drawn;
  }

  /** Whether an attachment is among those that are refused, which are a share of all. */
  concern(wanted: WantedAttachment, share: number): boolean {
    const { networkInterfaceId, instanceId, networkCardIndex, deviceIndex } = wanted;
    const subject = {
      networkInterface: networkInterfaceId,
      instance: instanceId,
      place: `${instanceId}/${networkCardIndex}/${deviceIndex}`,
    }[this.of];
    return subject !== undefined && fractionOf(`${this.seed}/${subject}`) < share;
  }

  toString(): string {
    return `${this.code} by ${this.of}`;
  }
}

/** A number from 0 to 1 that a text alone decides (FNV-1a, stirred so that ids that are alike are far apart). */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
