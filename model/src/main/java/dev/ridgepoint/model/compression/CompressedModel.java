package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.DType;

/**
 * What a method made of a model.
 *
 * @param reference the weights before anything was lost: the model's own, or the same with its
 *     channels scaled
 * @param weights as they are
 * @param dtype what matrices are stored as, where their rows are whole blocks
 */
public record CompressedModel(ModelWeights reference, ModelWeights weights, DType dtype) {}
