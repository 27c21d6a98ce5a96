import type { Resource } from "./iam";
import type { Query } from "./queryProtocol";

export const EC2_VERSION = "2016-11-15";
export const AUTO_SCALING_VERSION = "2011-01-01";

/** The service, as rights name it, to which a version of an API belongs. */
export function serviceOf(version: string): string {
  return version === EC2_VERSION ? "ec2" : "autoscaling";
}

/** One action of an API: reads its parameters, then says what it touches and does it. */
export interface ApiAction {
  mutates: boolean;
  read(query: Query): ApiCall;
}

export interface ApiCall {
  /** For the journal. */
  subject: string;
  /** What is authorised; looked up when the call is carried out. */
  resources(): Resource[];
  /** What is authorised besides, by another action. */
  besides?: { action: string; resources: Resource[] };
  /** Does it and gives the answer, as AWS's XML would have it. */
  run(): object;
}
