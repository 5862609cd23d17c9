/** {@code ridge devices}: what models can be estimated on. */
package dev.ridgepoint.bench.cli.devices;
