/** Any key pair will do: the sink reads no signature. */
export const SecretId = "AKIDbenchbenchbenchbenchbench";
export const SecretKey = "benchbenchbenchbenchbenchbench";
export const Bucket = "bench-1250000000";
export const Region = "ap-guangzhou";
