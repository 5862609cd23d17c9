package dev.ridgepoint.bench;

import static com.tngtech.archunit.base.DescribedPredicate.anyElementThat;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jdk.incubator.vector.Vector;
import org.junit.jupiter.api.Test;

/** Holds the arrows between the modules, bench -> model -> engine, estimator, and other rules. */
class ArchitectureTest {
  private static final String ENGINE = "dev.ridgepoint.engine..";
  private static final String KERNELS = "dev.ridgepoint.engine.kernels..";
  private static final String ESTIMATOR = "dev.ridgepoint.estimator..";
  private static final String MODEL = "dev.ridgepoint.model..";
  private static final String BENCH = "dev.ridgepoint.bench..";

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
}
