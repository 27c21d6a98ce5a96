/** Bytes of XML that AWS answers for one of each: measured in EC2's and Auto Scaling's own answers. */
const INSTANCE_BYTES = 6_000;
const INTERFACE_BYTES = 1_800;
const MEMBER_BYTES = 600;

/**
 * What the SDK reads in a millisecond of a whole processor: 1,000 instances, interfaces and group members
 * (8.4 MB) took 0.58 to 0.64 s of processor time, 10,000 of each 5.7 to 6 s.
 */
const BYTES_PER_MS = 14_000;

/** At this memory size a function has a whole processor, below it a share in proportion (AWS's Lambda guide). */
const WHOLE_PROCESSOR_MB = 1_769;

interface Counted {
  reservationSet?: { item: object[] };
  networkInterfaceSet?: { item: object[] };
  AutoScalingGroups?: { member: { Instances: { member: object[] } }[] };
  /** Of a warm pool. */
  Instances?: { member: object[] };
}

/** How large an answer of AWS's is, by what is counted in it; all else in answers is small. */
export function bytesOf(content: object): number {
  const { reservationSet, networkInterfaceSet, AutoScalingGroups, Instances } = content as Counted;
  const members = [Instances, ...(AutoScalingGroups?.member ?? []).map((group) => group.Instances)];
  return (
    (reservationSet?.item.length ?? 0) * INSTANCE_BYTES +
    (networkInterfaceSet?.item.length ?? 0) * INTERFACE_BYTES +
    members.reduce((sum, list) => sum + (list?.member.length ?? 0), 0) * MEMBER_BYTES
  );
}

/** How long a function of this memory size computes to read an answer of so many bytes, in milliseconds. */
export function readingMs(bytes: number, memoryMb: number): number {
  const shareOfProcessor = Math.min(1, memoryMb / WHOLE_PROCESSOR_MB);
  return Math.round(bytes / BYTES_PER_MS / shareOfProcessor);
}
