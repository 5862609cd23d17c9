package dev.ridgepoint.peers;

import com.github.tjake.jlama.model.AbstractModel;
import com.github.tjake.jlama.model.ModelSupport;
import com.github.tjake.jlama.tensor.AbstractTensor;
import com.github.tjake.jlama.tensor.KvBufferCache;
import dev.ridgepoint.engine.DType;
import java.nio.file.Path;
import java.util.Optional;

/** A model in Jlama, with a cache for one sequence. */
@SuppressWarnings("rawtypes") // as Jlama has its tensors
final class JlamaModel implements AutoCloseable {
  private final AbstractModel model;
  private final KvBufferCache.KvBuffer cache;
  private final AbstractTensor logits;

  private JlamaModel(AbstractModel model) {
    this.model = model;
    cache = new KvBufferCache(model).getEphemeralKvBuffer();
    logits = model.makeDenseTensor(model.getConfig().vocabularySize);
  }

  /**
   * Loads a Hugging Face folder. Call it once in a process: the number of threads is for good.
   *
   * @param dtype what matrices are to be stored as: as in the folder, or Q4_0, to which it converts
   */
  static JlamaModel load(Path folder, DType dtype, int threads) {
    boolean quantised = dtype == DType.Q4_0;
    return new JlamaModel(
        ModelSupport.loadModel(
            folder.toFile(),
            null,
            com.github.tjake.jlama.safetensors.DType.F32,
            quantised
                ? com.github.tjake.jlama.safetensors.DType.I8
                : com.github.tjake.jlama.safetensors.DType.F32,
            quantised ? Optional.of(com.github.tjake.jlama.safetensors.DType.Q4) : Optional.empty(),
            Optional.of(threads)));
  }

  int vocabSize() {
    return model.getConfig().vocabularySize;
  }

  /** The most likely token after a prompt, which is cached from position 0 on. */
  int prefill(int[] prompt) {
    try (AbstractTensor states = model.batchForward(prompt, 0, cache)) {
      return likeliest(states.slice(states.shape().first() - 1));
    }
  }

  /** The most likely token after one token, which is cached at a position. */
  int step(int token, int position) {
    try (AbstractTensor state = model.forward(token, position, cache, Optional.empty())) {
      return likeliest(state);
    }
  }

  private int likeliest(AbstractTensor state) {
    return model.sample(state, 0, 0, logits);
  }

  @Override
  public void close() {
    cache.close();
    model.close();
  }
}
