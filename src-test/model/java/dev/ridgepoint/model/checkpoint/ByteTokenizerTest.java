package dev.ridgepoint.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tokenizer of exported GGUF files, as this project's own reader sees it. */
class ByteTokenizerTest {
  @TempDir private Path folder;

  @Test
  void holdsAllTokensAndAddsNone() throws IOException {
    GgufFields fields = fields(1000);
    assertEquals("llama", fields.requiredText(GgufKeys.TOKENIZER_MODEL));
    assertEquals(1000, fields.count(GgufKeys.TOKENS, GgufValueType.STRING).orElseThrow());
    assertEquals(1000, fields.count(GgufKeys.SCORES, GgufValueType.FLOAT32).orElseThrow());
    assertEquals(1000, fields.count(GgufKeys.TOKEN_TYPES, GgufValueType.INT32).orElseThrow());
    for (String adds : new String[] {GgufKeys.ADD_BOS_TOKEN, GgufKeys.ADD_SPACE_PREFIX}) {
      assertEquals(new GgufValue.Flag(false), fields.header().entries().get(adds), adds);
    }
  }

  @Test
  void aVocabularyWithoutRoomForAllBytesGetsNone() throws IOException {
    assertEquals("llama", fields(259).requiredText(GgufKeys.TOKENIZER_MODEL));
    GgufFields small = fields(258);
    assertEquals("no_vocab", small.requiredText(GgufKeys.TOKENIZER_MODEL));
    assertFalse(small.has(GgufKeys.TOKENS));
  }

  /** Of a file with the tokenizer and nothing else. */
  private GgufFields fields(int vocabSize) throws IOException {
    GgufMetadataWriter metadata = new GgufMetadataWriter();
    ByteTokenizer.addTo(metadata, vocabSize);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    GgufMetadataWriter.int32(bytes, GgufHeader.MAGIC);
    GgufMetadataWriter.int32(bytes, GgufHeader.VERSION);
    GgufMetadataWriter.int64(bytes, 0);
    GgufMetadataWriter.int64(bytes, metadata.entries());
    bytes.writeBytes(metadata.toByteArray());
    Path path = Files.write(folder.resolve(vocabSize + ".gguf"), bytes.toByteArray());
    try (TensorFile file = TensorFile.open(path)) {
      return new GgufFields((GgufHeader) file.header());
    }
  }
}
