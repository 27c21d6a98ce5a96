import type { AutoScaling } from "./autoscaling/autoScaling";
import type { AutoScalingServices } from "./autoscaling/group";

/** From the warning to the end. */
const WARNING_MS = 120_000;

export interface SpotServices extends AutoScalingServices {
  autoScaling: AutoScaling;
  /** The ARN of a resource of EC2. */
  arnOf: (resource: string) => string;
}

/** Where EC2 takes Spot Instances back. Which instances are Spot Instances is up to whoever asks. */
export class SpotMarket {
  constructor(private readonly services: SpotServices) {}

  /** Advises to replace an instance; it says nothing of when it will be taken, or if. */
  recommendRebalance(instanceId: string): void {
    const { autoScaling } = this.services;
    this.tell(instanceId, "EC2 Instance Rebalance Recommendation", {});
    autoScaling.recommendRebalance(instanceId);
  }

  /** Warns, and two minutes later stops or terminates the instance, whatever a lifecycle hook waits for. */
  reclaim(instanceId: string, action: "stop" | "terminate"): void {
    const { clock, ec2 } = this.services;
    this.tell(instanceId, "EC2 Spot Instance Interruption Warning", { "instance-action": action });
    clock.after(WARNING_MS, () => {
      if (ec2.instances.get(instanceId)?.state !== "running") return;
      if (action === "stop") ec2.stopInstance(instanceId);
      else ec2.terminateInstance(instanceId);
    });
  }

  private tell(instanceId: string, detailType: string, facts: Record<string, string>): void {
    const { emit, journal, arnOf } = this.services;
    journal.write("aws", `${detailType}: ${instanceId}`, { instanceId });
    emit({
      source: "aws.ec2",
      detailType,
      resources: [arnOf(`instance/${instanceId}`)],
      detail: { "instance-id": instanceId, ...facts },
    });
  }
}
