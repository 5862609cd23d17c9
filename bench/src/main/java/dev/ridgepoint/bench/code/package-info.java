/**
 * What the optimising compiler made of a kernel: its machine code, and what its loop consists of.
 */
package dev.ridgepoint.bench.code;
