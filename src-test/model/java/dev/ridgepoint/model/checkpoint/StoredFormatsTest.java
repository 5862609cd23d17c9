package dev.ridgepoint.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.PlacedWeight;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.model.TestResources;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredFormatsTest {
  private static final int F16 = 1;

  @TempDir private Path folder;

  /** Phi-3's queries, keys and values are one tensor, and so are gate and up. */
  @Test
  void joinedTensorsAreOfEachOfTheirRoles() throws IOException {
    byte[] bytes = Files.readAllBytes(TestResources.path("logits/phi3-longrope/model-bf16.gguf"));
    setType(bytes, "blk.1.attn_qkv.weight");
    setType(bytes, "blk.1.ffn_up.weight");
    Path file = Files.write(folder.resolve("mixed.gguf"), bytes);
    StoredModel model = StoredModel.read(file);
    Architecture architecture = model.architecture();
    WeightFormats formats = model.formats().orElseThrow();
    Set<TensorRole> joined =
        Set.of(
            TensorRole.QUERY,
            TensorRole.KEY,
            TensorRole.VALUE,
            TensorRole.FEED_FORWARD_GATE,
            TensorRole.FEED_FORWARD_UP);
    int found = 0;
    for (PlacedWeight weight : PlacedWeight.all(architecture)) {
      if (weight.tensor().isMatrix() && weight.layer() >= 0) {
        boolean isChanged = weight.layer() == 1 && joined.contains(weight.tensor().role());
        assertEquals(
            isChanged ? Precision.F16 : Precision.BF16,
            formats.of(weight.tensor(), weight.layer()),
            weight.toString());
        found += isChanged ? 1 : 0;
      }
    }
    assertEquals(joined.size(), found);
  }

  /** Behind a tensor's name are the number of its dimensions, these, and its type. */
  private static void setType(byte[] file, String name) {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    int dimensions = text.indexOf(name) + name.length();
    ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int type = dimensions + Integer.BYTES + buffer.getInt(dimensions) * Long.BYTES;
    buffer.putInt(type, F16);
  }
}
