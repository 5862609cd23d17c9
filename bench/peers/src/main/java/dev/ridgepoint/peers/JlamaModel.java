package dev.ridgepoint.peers;

import static com.github.tjake.jlama.safetensors.DType.F32;
import static com.github.tjake.jlama.safetensors.DType.I8;
import static com.github.tjake.jlama.safetensors.DType.Q4;

import com.github.tjake.jlama.model.AbstractModel;
import com.github.tjake.jlama.model.ModelSupport;
import com.github.tjake.jlama.safetensors.SafeTensorSupport;
import com.github.tjake.jlama.tensor.AbstractTensor;
import com.github.tjake.jlama.tensor.KvBufferCache;
import dev.ridgepoint.engine.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
   * @param dtype what matrices are to be stored as: as in the folder, or Q4_0, to which an F32
   *     folder is converted first, beside it, if that was not done before
   */
  static JlamaModel load(Path folder, DType dtype, int threads) throws IOException {
    boolean quantised = dtype == DType.Q4_0;
    return new JlamaModel(
        ModelSupport.loadModel(
            (quantised ? quantised(folder) : folder).toFile(),
            null,
            F32,
            quantised ? I8 : F32, // what activations are multiplied as
            Optional.empty(),
            Optional.of(threads)));
  }

  /** Jlama's own conversion, as its command line does it. */
  private static Path quantised(Path folder) throws IOException {
    Path result = folder.resolveSibling(folder.getFileName() + "-q4");
    if (Files.notExists(result)) {
      for (String copied : List.of("tokenizer_config.json", "README.md")) {
        Files.writeString(folder.resolve(copied), "{}");
      }
      Path unfinished = folder.resolveSibling(folder.getFileName() + "-q4.tmp");
      SafeTensorSupport.quantizeModel(
          folder, Q4, new String[] {"norm"}, new String[0], Optional.of(unfinished));
      Files.move(unfinished, result);
    }
    return result;
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
