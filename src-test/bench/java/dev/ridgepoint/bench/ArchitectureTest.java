package dev.ridgepoint.bench;

import static com.tngtech.archunit.base.DescribedPredicate.anyElementThat;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.operation.OperationCost;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import org.junit.jupiter.api.Test;

/**
 * Holds the arrows between the modules, bench -> model -> engine, estimator, those between the
 * packages of a module, and other rules.
 */
class ArchitectureTest {
  private static final String ENGINE = "dev.ridgepoint.engine..";
  private static final String KERNELS = "dev.ridgepoint.engine.kernels..";
  private static final String ESTIMATOR = "dev.ridgepoint.estimator..";
  private static final String MODEL = "dev.ridgepoint.model..";
  private static final String BENCH = "dev.ridgepoint.bench..";

  /** The packages of a module, from the lowest; each sees those of the rows above its own. */
  private static final List<List<String>> ENGINE_PACKAGES =
      List.of(
          List.of("engine.codecs"),
          List.of("engine", "engine.kernels"),
          List.of("engine.panels"),
          List.of("engine.ops"),
          List.of("engine.training"),
          List.of("engine.optimizers"));

  /** No class stands in the estimator's root. */
  private static final List<List<String>> ESTIMATOR_PACKAGES =
      List.of(
          List.of("estimator.input", "estimator.explain"),
          List.of("estimator.architecture", "estimator.scaling"),
          List.of("estimator.format"),
          List.of("estimator.config", "estimator.operation"),
          List.of("estimator.hardware", "estimator.training"),
          List.of("estimator.time", "estimator.cluster"),
          List.of("estimator.inference"),
          List.of("estimator.serving"));

  private static final List<List<String>> MODEL_PACKAGES =
      List.of(
          List.of("model.support", "model.watch", "model.stories", "model.trace"),
          List.of("model.checkpoint"),
          List.of("model.tokenizer"),
          List.of("model.chat"),
          List.of("model"),
          List.of("model.serving", "model.training"),
          List.of("model.compression"));

  /** Outside of what is printed: these show an operation's name to people, or hand it on. */
  private static final List<String> SHOWING_NAMES =
      List.of(
          "dev.ridgepoint.estimator.operation.OperationCost",
          "dev.ridgepoint.estimator.training.TrainingOperation$Forward",
          "dev.ridgepoint.estimator.training.TrainingOperation$Backward",
          "dev.ridgepoint.estimator.training.TrainingOperation$Teaching",
          // In what --explain shows.
          "dev.ridgepoint.estimator.inference.Derivations",
          "dev.ridgepoint.estimator.training.TrainingStepFlops",
          // In messages.
          "dev.ridgepoint.estimator.time.CalibratedTime",
          "dev.ridgepoint.model.ProgramBinder",
          // To the meter.
          "dev.ridgepoint.model.Program",
          // Its parameter is a name.
          "dev.ridgepoint.bench.jmh.OperationBenchmark",
          "dev.ridgepoint.bench.jmh.OperationBenchmark$Counts");

  private static final Set<String> VECTOR_FUNCTIONS =
      Set.of(
          "SIN", "COS", "TAN", "ASIN", "ACOS", "ATAN", "ATAN2", "SINH", "COSH", "TANH", "EXP",
          "EXPM1", "LOG", "LOG10", "LOG1P", "POW", "CBRT", "HYPOT");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.ridgepoint");

  @Test
  void engineAndEstimatorDoNotSeeEachOther() {
    noClasses()
        .that()
        .resideInAPackage(ENGINE)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ESTIMATOR)
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage(ESTIMATOR)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ENGINE)
        .check(CLASSES);
  }

  @Test
  void onlyBenchSeesModel() {
    noClasses()
        .that()
        .resideOutsideOfPackages(BENCH, MODEL)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(MODEL)
        .check(CLASSES);
  }

  @Test
  void nobodySeesBench() {
    noClasses()
        .that()
        .resideOutsideOfPackage(BENCH)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(BENCH)
        .check(CLASSES);
  }

  @Test
  void estimatorRunsOnAPlainJvm() {
    noClasses()
        .that()
        .resideInAPackage(ESTIMATOR)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator..")
        .check(CLASSES);
  }

  @Test
  void packagesOfAModuleSeeOnlyThoseBelow() {
    checkPackages("engine", ENGINE_PACKAGES);
    checkPackages("estimator", ESTIMATOR_PACKAGES);
    checkPackages("model", MODEL_PACKAGES);
  }

  private static void checkPackages(String module, List<List<String>> rows) {
    JavaPackage root = CLASSES.getPackage("dev.ridgepoint." + module);
    Set<String> packages = new TreeSet<>();
    for (JavaClass each : root.getClassesInPackageTree()) {
      packages.add(each.getPackageName().substring("dev.ridgepoint.".length()));
    }
    Set<String> placed = new TreeSet<>();
    rows.forEach(placed::addAll);
    assertEquals(placed, packages, "packages of " + module);

    Set<String> below = new TreeSet<>();
    for (List<String> row : rows) {
      for (String name : row) {
        noClasses()
            .that()
            .resideInAPackage("dev.ridgepoint." + name)
            .should()
            .dependOnClassesThat(
                describe(
                    "are of packages of %s beside or above %s".formatted(module, name),
                    target -> isOutOfSight(target, packages, name, below)))
            .check(CLASSES);
      }
      below.addAll(row);
    }
  }

  private static boolean isOutOfSight(
      JavaClass target, Set<String> packages, String from, Set<String> below) {
    String full = target.getBaseComponentType().getPackageName();
    if (!full.startsWith("dev.ridgepoint.")) {
      return false;
    }
    String to = full.substring("dev.ridgepoint.".length());
    return packages.contains(to) && !to.equals(from) && !below.contains(to);
  }

  /** Panels choose the kernels of their format; everyone else asks the panels. */
  @Test
  void onlyPanelsSeeTheGeneratedTiles() {
    noClasses()
        .that()
        .resideOutsideOfPackages(KERNELS, "dev.ridgepoint.engine.panels")
        .should()
        .dependOnClassesThat()
        .haveNameMatching("dev\\.ridgepoint\\.engine\\.kernels\\.Tiles[A-Z].*")
        .check(CLASSES);
  }

  /** An operation's kind decides; its name is for people: in tables, reports and messages. */
  @Test
  void nothingDecidesByAnOperationsName() {
    SHOWING_NAMES.forEach(CLASSES::get);
    DescribedPredicate<JavaAccess<?>> isName =
        describe(
            "the target is an operation's name",
            access ->
                access.getTarget().getName().equals("name")
                    && (access.getTargetOwner().isAssignableTo(Operation.class)
                        || access.getTargetOwner().isEquivalentTo(OperationCost.class)));
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.ridgepoint.bench.text..",
            "dev.ridgepoint.bench.report..",
            "dev.ridgepoint.bench.cli..")
        .and()
        .areNotAssignableTo(Operation.class)
        .and(
            describe(
                "do not show names",
                type -> SHOWING_NAMES.stream().noneMatch(type.getName()::equals)))
        .should()
        .accessTargetWhere(isName)
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.ridgepoint.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void kernelsNeitherPrintNorLogNorThread() {
    noClasses()
        .that()
        .resideInAPackage(KERNELS)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.io", "java.util.logging", "java.util.concurrent..", "java.util.stream")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(System.Logger.class)
        .check(CLASSES);
  }

  /** In locales with digits of their own the JDK fails to find them unless they are bound there. */
  @Test
  void onlyVectorMathTakesFunctionsFromTheJdk() {
    noClasses()
        .that(describe("are not VectorMath", type -> !type.getSimpleName().equals("VectorMath")))
        .should()
        .accessFieldWhere(
            describe(
                "the target is a function of the vector library",
                access ->
                    access.getTargetOwner().isEquivalentTo(VectorOperators.class)
                        && VECTOR_FUNCTIONS.contains(access.getTarget().getName())))
        .check(CLASSES);
  }

  /** A vector is a register only within a method: C2 does not always inline what it is given to. */
  @Test
  void noMethodTakesOrReturnsAVector() {
    noMethods()
        .should()
        .haveRawReturnType(assignableTo(Vector.class))
        .orShould()
        .haveRawParameterTypes(anyElementThat(assignableTo(Vector.class)))
        .check(CLASSES);
  }

  /** In a JVM that had run vectors of other elements, those of kernels were seen on the heap. */
  @Test
  void vectorsAreOfFloatsOrInts() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveNameMatching("jdk\\.incubator\\.vector\\.(Byte|Short|Long|Double)Vector")
        .check(CLASSES);
  }
}
