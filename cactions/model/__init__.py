"""Everything that the program speaks of, as immutable values: import it from here."""

from __future__ import annotations

from cactions.model.action import (
    Action,
    ActionTest,
    DataInput,
    InputType,
    Project,
)
from cactions.model.assertion import JwtAlgorithm, JwtAssertion
from cactions.model.breaker import BreakerLimits, ChangeTotals, Trip, TripKind
from cactions.model.bulk import (
    AttributeCounts,
    DiskSpace,
    OutcomeReason,
    PlanBasis,
    PlannedEntry,
    PlanSummary,
    Transition,
)
from cactions.model.client_certificate import ClientCertificate
from cactions.model.cluster import (
    ClusterProgress,
    ClusterRun,
    ClusterStatus,
    ClusterStop,
    PartKey,
    PartLease,
    PartStep,
    RunNeeds,
    RunPart,
    WorkerState,
)
from cactions.model.condition import CUSTOM_ATTRIBUTES, Condition
from cactions.model.config_entry import ConfigEntry, ConfigReport, ConfigSource
from cactions.model.connector import (
    MASKED_VALUE,
    Connector,
    ConnectorBody,
    ConnectorExecution,
    ConnectorField,
    ConnectorInput,
    ConnectorMapping,
    ConnectorRevision,
    ConnectorVersion,
)
from cactions.model.definition import (
    Gate,
    LiveConnector,
    ProbeEvidence,
    PublicationEvidence,
    PublishedDefinition,
    TestEvidence,
    Waiver,
)
from cactions.model.enums import (
    EXECUTION_ERROR_TYPES,
    ChangeKind,
    ChangeWarning,
    FailureReason,
    KeepReason,
    OpenState,
    Outcome,
    RunKind,
    RunPhase,
)
from cactions.model.error_report import ErrorFault, ErrorKind, ErrorReport
from cactions.model.errors import (
    CactionsError,
    DatabaseAway,
    DefinitionError,
    InvalidFiles,
    LeaseLost,
    OutcomeUnknown,
    OutputError,
    PlanningError,
    RemoteError,
    RequestFailed,
    RunAborted,
    StoreError,
    UsageError,
    WorkspaceError,
)
from cactions.model.exchange import Proof, Request, Response, ShownAnswer
from cactions.model.expectation import (
    Expectation,
    ExpectedChange,
    ExpectedKind,
    ExpectedRequest,
)
from cactions.model.finding import (
    Edit,
    Finding,
    Fix,
    Label,
    LeakPath,
    LeakStep,
    Place,
    Severity,
)
from cactions.model.health_check import Health, HealthCheck
from cactions.model.identity import (
    IdentityProof,
    InvalidToken,
    MessengerSettings,
    SignatureKind,
    SignedClaims,
)
from cactions.model.job_row import BadRow, JobRow
from cactions.model.json_value import (
    ABSENT,
    Absent,
    Attributes,
    InvalidText,
    Json,
    Scalar,
    Value,
    is_empty,
    is_same,
)
from cactions.model.lint_report import LintReport
from cactions.model.masked_text import MASK, MaskedText
from cactions.model.person import (
    CONTACT_FIELDS,
    IDENTITY_FIELDS,
    MATCH_FIELDS,
    Attribute,
    DataType,
    Person,
    PersonQuery,
    Role,
)
from cactions.model.plan import (
    Change,
    KeptAttribute,
    Plan,
    PlanFailure,
    Precondition,
    SentCall,
    Subject,
    TestReport,
)
from cactions.model.probe import (
    EVERY_KEY,
    ProbeBaseline,
    ProbeCase,
    ProbeObservation,
    ProbeReport,
    ProbeVariant,
    ProbeVerdict,
)
from cactions.model.request import (
    MAX_LIMITS,
    MIB,
    ActionRequest,
    AllowedAddress,
    BodyCheck,
    BodyForm,
    Denial,
    Effect,
    Limits,
    RequestBody,
    Success,
    TextLanguage,
    Token,
    TokenFetch,
)
from cactions.model.response import (
    ActionResponse,
    Aggregate,
    AnswerFormat,
    AttributeMapping,
    DateForm,
    DateFormat,
    NotFound,
    Order,
    Overwrite,
    RowOrder,
    Rows,
    SamePerson,
    WhenEmpty,
    describe_choice,
)
from cactions.model.retry import RetryCounts, RetryGroup
from cactions.model.run import (
    Conflict,
    EntryState,
    IndexedEntries,
    Receipt,
    Run,
    RunCounts,
    RunEntry,
    RunHead,
)
from cactions.model.schedule import (
    OPEN_MOMENTS,
    CronTimes,
    DueMoment,
    KnownSchedule,
    MomentState,
    Notice,
    NoticeState,
    Schedule,
    ScheduleState,
)
from cactions.model.suite import ActionCoverage, CoveragePoint, SuiteResult, UnusedInteraction
from cactions.model.template import (
    EACH,
    Filter,
    FilteredValue,
    Hole,
    Input,
    JsonTemplate,
    Path,
    PersonAttribute,
    PersonField,
    Reference,
    SecretRef,
    Segment,
    Template,
    Wildcard,
    list_references,
    list_secret_places,
    list_templates,
    list_values,
)
from cactions.model.trust import (
    SNAPSHOT_DAYS,
    SNAPSHOT_FILE,
    Flow,
    ProofStrength,
    Snapshot,
    SuppressedFinding,
    Suppression,
    Trust,
)
from cactions.model.watch_report import WatchReport
from cactions.model.workspace import (
    API_HOSTS,
    API_VERSION,
    INTERCOM,
    LOCAL,
    IdentityVerification,
    IntercomConnection,
    Region,
    Workspace,
    WorkspaceIdentity,
    WorkspaceName,
)
