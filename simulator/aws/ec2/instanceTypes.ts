import { NotModelled } from "../awsError";

/** How many interfaces each network card of a type takes (DescribeInstanceTypes). */
export const cardLimits: Record<string, number[]> = {
  "t3.micro": [2],
  "t4g.nano": [2],
  "t4g.micro": [2],
  "t4g.small": [3],
  "m7g.medium": [2],
  "t3.medium": [3],
  "m7i.large": [3],
  "c6in.32xlarge": [8, 8],
};

/** How many IPv4 addresses a type takes on one interface, and as many IPv6 addresses. */
export const addressLimits: Record<string, number> = {
  "t3.micro": 2,
  "t4g.nano": 2,
  "t4g.micro": 2,
  "t4g.small": 4,
  "m7g.medium": 4,
  "t3.medium": 6,
  "m7i.large": 10,
  "c6in.32xlarge": 50,
};

/** What is said of a type that isn't among these. */
export function unknownType(instanceType: string): NotModelled {
  return new NotModelled(
    `instance type ${instanceType}, but ${Object.keys(cardLimits).join(", ")}`,
  );
}
