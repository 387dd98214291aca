// What devices can do at most, by their makers' public numbers. A `lane` is one fp32 instruction of one thread: the kernels
// fuse nothing, so a multiplication and an addition are two.
//
//   NVIDIA Ada GPU Architecture white paper (RTX 4090: 16,384 cores, 2.52 GHz, 1,008 GB/s)
//   NVIDIA H100 Tensor Core GPU data sheet, SXM (67 TFLOP/s fp32, 34 fp64, 3.35 TB/s; 132 multiprocessors)
//   NVIDIA Jetson AGX Orin data sheet, 64 GB (2,048 cores, 1.3 GHz, 204.8 GB/s)
//   CUDA C++ Programming Guide, arithmetic instructions: 64 integer multiply-adds a multiprocessor and clock, which
//   __dp4a is taken to be as well; 2 fp64 instructions on compute capability 8.6 to 8.9 and 8.7, 64 on 9.0
export const DEVICES = [
  {
    name: 'RTX 4090',
    match: /4090/,
    lanes: 16_384 * 2.52e9,
    dp4a: 128 * 64 * 2.52e9,
    fp64: 128 * 2 * 2.52e9,
    memory: 1008e9,
    bus: 25e9,
  },
  {
    name: 'H100 SXM',
    match: /H100/,
    lanes: 67e12 / 2,
    dp4a: 132 * 64 * 1.98e9,
    fp64: 34e12 / 2,
    memory: 3350e9,
    bus: 50e9,
  },
  {
    name: 'Jetson AGX Orin',
    match: /Orin/,
    lanes: 2048 * 1.3e9,
    dp4a: 16 * 64 * 1.3e9,
    fp64: 16 * 2 * 1.3e9,
    memory: 204.8e9,
    // Host and device share the memory; a copy reads and writes it.
    bus: 102.4e9,
  },
];

/** The device of this name, or undefined. */
export const deviceNamed = (name) => DEVICES.find(({ match }) => match.test(name ?? ''));

/** Seconds that the work takes at least: its slowest part on the device, and what has to pass the bus. */
export function roofline(device, { lanes = 0, dp4a = 0, fp64 = 0, memory, bus }) {
  const parts = {
    fp32: lanes / device.lanes,
    dp4a: dp4a / device.dp4a,
    fp64: fp64 / device.fp64,
    memory: memory / device.memory,
  };
  const [bound, kernel] = Object.entries(parts).reduce((most, part) => (part[1] > most[1] ? part : most));
  return { kernel, bound, bus: bus / device.bus };
}
