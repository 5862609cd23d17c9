/**
 * The command lines of other programs that carry out a plan: what vLLM, SGLang and llama.cpp serve
 * with, and Megatron-LM trains with. {@link dev.ridgepoint.bench.launch.Program} alone knows their
 * flags.
 */
package dev.ridgepoint.bench.launch;
