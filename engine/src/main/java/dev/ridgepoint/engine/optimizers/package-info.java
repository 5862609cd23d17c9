/** What turns gradients into new parameters. */
package dev.ridgepoint.engine.optimizers;
