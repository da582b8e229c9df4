/** The kernels of the engine `fast`, in AssemblyScript: WebAssembly with SIMD, without its relaxed instructions, whose results differ by machine. */
export { conv } from './conv';
export { hadamard, quantize16, quantize32, widen } from './input';
export { gate, normInput, normOutput16, normOutput32, squares16, squares32 } from './norm';
export { addSaturated, products, rescale16, rescale32 } from './products';
export { toDoubles, updateHead } from './state-space';
